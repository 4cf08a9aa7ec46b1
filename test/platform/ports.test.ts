import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { choosePort, freePort, isPortFree } from '../../tools/local/ports.ts';

test('the preferred port is chosen while it is free', async () => {
  const preferred = await freePort();
  expect(await choosePort(preferred)).toBe(preferred);
});

test('another port is chosen when somebody listens on the preferred one', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  const taken = (server.address() as AddressInfo).port;
  expect(await isPortFree(taken)).toBe(false);
  const chosen = await choosePort(taken);
  expect(chosen).not.toBe(taken);
  expect(await isPortFree(chosen)).toBe(true);
});

test('a port that another part is about to take is not chosen', async () => {
  const preferred = await freePort();
  expect(await choosePort(preferred, [preferred])).not.toBe(preferred);
});
