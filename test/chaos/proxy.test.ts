import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Proxy, proxyTo } from '../../chaos/proxy.ts';

let echo: Server;
let proxy: Proxy;

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = await proxyTo((echo.address() as AddressInfo).port);
});

afterEach(async () => {
  await proxy.stop();
  await new Promise((resolve) => echo.close(resolve));
});

const open = async (): Promise<Socket> => {
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
};

/** Sends texts and collects what comes back until all of it is there. */
async function echoed(socket: Socket, texts: readonly string[]): Promise<string> {
  const wanted = texts.join('');
  let got = '';
  const whole = new Promise<void>((resolve) => {
    socket.on('data', (data: Buffer) => {
      got += data.toString();
      if (got.length >= wanted.length) resolve();
    });
  });
  for (const text of texts) socket.write(text);
  await whole;
  return got;
}

test('what is slow arrives later, whole and in order', async () => {
  const socket = await open();
  proxy.slow(40);
  const startedAt = performance.now();
  const texts = Array.from({ length: 50 }, (_unused, n) => `${n} `);
  expect(await echoed(socket, texts)).toBe(texts.join(''));
  expect(performance.now() - startedAt).toBeGreaterThan(75);
  socket.destroy();
});

test('a cut ends what is open and refuses what is new, until it is mended', async () => {
  const before = await open();
  proxy.cut();
  await once(before, 'close');
  const during = await open();
  await once(during, 'close');
  proxy.mend();
  const after = await open();
  expect(await echoed(after, ['back'])).toBe('back');
  after.destroy();
});
