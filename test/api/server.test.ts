import { Agent, request as ask, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createStoppableServer, type StoppableServer } from '../../src/api/server.ts';

const open: { readonly server: StoppableServer; readonly sockets: Socket[] }[] = [];
afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    await server.stop(0);
  }
});

async function serving(handle: RequestListener) {
  const server = createStoppableServer(handle);
  await server.listen(0, '127.0.0.1');
  const { port } = server.server.address() as AddressInfo;
  const sockets: Socket[] = [];
  open.push({ server, sockets });
  /** A connection on which the test writes HTTP itself. */
  const raw = async () => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    const received = { text: '', ended: false };
    socket.on('data', (data: Buffer) => (received.text += data.toString('latin1')));
    socket.on('end', () => (received.ended = true));
    socket.on('error', () => (received.ended = true));
    await new Promise((resolve) => socket.once('connect', resolve));
    return { socket, received };
  };
  return { server, port, raw };
}

const get = 'GET / HTTP/1.1\r\nHost: here\r\n\r\n';
const untilTrue = async (what: () => boolean): Promise<void> => {
  for (let n = 0; !what(); n++) {
    if (n > 200) throw new Error('waited in vain');
    await sleep(10);
  }
};

describe('a server that stops', () => {
  it('answers a request under way, says that the connection ends with it, and then lets go', async () => {
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const { server, raw } = await serving((_request, response) => {
      begun.resolve();
      void go.promise.then(() => response.end('done'));
    });
    const { socket, received } = await raw();
    socket.write(get);
    await begun.promise;
    const stopped = server.stop(5_000);
    await sleep(50);
    expect(received.text).toBe('');
    go.resolve();
    expect(await stopped).toBe(0);
    await untilTrue(() => received.ended);
    expect(received.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(received.text).toMatch(/\r\nConnection: close\r\n/i);
    expect(received.text).toMatch(/done/);
  });

  it('cuts no answer that has ended here but not reached its slow reader', async () => {
    const size = 32 * 1024 * 1024;
    const { server, raw } = await serving((_request, response) => {
      response.setHeader('Content-Length', size);
      response.end(Buffer.alloc(size, 'x'));
    });
    const { socket, received } = await raw();
    socket.write(get);
    await untilTrue(() => received.text.length > 0);
    socket.pause();
    await sleep(50);
    const stopped = server.stop(10_000);
    await sleep(200);
    socket.resume();
    expect(await stopped).toBe(0);
    await untilTrue(() => received.ended);
    expect(received.text.length).toBeGreaterThan(size);
  });

  it('closes idle connections at once and takes no new ones', async () => {
    const { server, raw, port } = await serving((_request, response) => response.end('done'));
    const idle = await raw();
    idle.socket.write(get);
    await untilTrue(() => idle.received.text.includes('done'));
    const unused = await raw();
    const startedAt = performance.now();
    expect(await server.stop(5_000)).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    await untilTrue(() => idle.received.ended && unused.received.ended);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('takes in a request whose first half had arrived, and answers it', async () => {
    const { server, raw } = await serving((_request, response) => response.end('done'));
    const { socket, received } = await raw();
    socket.write(get.slice(0, 20));
    await untilTrue(() => server.server.listening);
    await sleep(50);
    const stopped = server.stop(5_000);
    await sleep(50);
    socket.write(get.slice(20));
    expect(await stopped).toBe(0);
    await untilTrue(() => received.ended);
    expect(received.text).toMatch(/^HTTP\/1\.1 200 [\s\S]*done/);
  });

  it('cuts off what does not end in time, and says how many that were', async () => {
    const { server, raw } = await serving(() => undefined);
    const { socket, received } = await raw();
    socket.write(get);
    await sleep(50);
    expect(await server.stop(100)).toBe(1);
    await untilTrue(() => received.ended);
  });
});

describe('a server that is about to stop', () => {
  it('answers as ever, and asks callers to connect anew, so that none meets a connection that is being closed', async () => {
    const { server, port } = await serving((_request, response) => response.end('done'));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const connectionOf = () =>
      new Promise<{ header: string | undefined; reused: boolean }>((resolve, reject) => {
        const asked = ask({ port, host: '127.0.0.1', agent }, (response) => {
          response.resume();
          response.once('end', () => resolve({ header: response.headers.connection, reused: asked.reusedSocket }));
        });
        asked.once('error', reject);
        asked.end();
      });
    expect((await connectionOf()).header).toBe('keep-alive');
    expect(await connectionOf()).toEqual({ header: 'keep-alive', reused: true });
    server.leave();
    expect((await connectionOf()).header).toBe('close');
    expect(await connectionOf()).toEqual({ header: 'close', reused: false });
    agent.destroy();
  });
});
