import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Whether nobody listens on this loopback port. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== null;
}

/** A loopback port that was free a moment ago and is none of `except`. */
export async function freePort(except: readonly number[] = []): Promise<number> {
  for (;;) {
    const port = await listenOnce(0);
    if (port !== null && !except.includes(port)) return port;
  }
}

/** The preferred port when it is free, else any other free one. */
export async function choosePort(preferred: number, except: readonly number[] = []): Promise<number> {
  if (!except.includes(preferred) && (await isPortFree(preferred))) return preferred;
  return await freePort(except);
}

async function listenOnce(port: number): Promise<number | null> {
  const server = createServer();
  return await new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(chosen));
    });
  });
}
