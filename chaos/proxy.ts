import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Transform } from 'node:stream';

/** A way between two parts that can be cut and made slow. */
export interface Proxy {
  readonly port: number;
  /** Ends every connection and refuses new ones until mended. */
  cut(): void;
  /** Holds back everything that is sent for this long, in order. */
  slow(delayMs: number): void;
  mend(): void;
  stop(): Promise<void>;
}

/** A proxy on loopback in front of a loopback port. */
export async function proxyTo(target: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let delayMs = 0;
  /** Everything arrives later by the delay, in order, however much is under way. */
  const held = (): Transform => {
    let last = Promise.resolve();
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const due = delayMs === 0 ? null : sleep(delayMs);
        last = Promise.all([last, due]).then(() => void this.push(chunk));
        done();
      },
      flush(done) {
        void last.then(() => done());
      },
    });
  };
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.pipe(held()).pipe(to);
      // Breaking is what it is for: both ends go down together.
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      isCut = true;
      breakAll();
    },
    slow(ms) {
      delayMs = ms;
    },
    mend() {
      isCut = false;
      delayMs = 0;
    },
    async stop() {
      isCut = true;
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
