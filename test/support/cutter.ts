import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy on loopback in front of a server, which a test can cut and mend: how a part is "away". */
export interface Cutter {
  readonly port: number;
  /** Ends every connection and refuses new ones. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

export async function cutterTo(target: { readonly host: string; readonly port: number }): Promise<Cutter> {
  const sockets = new Set<Socket>();
  let cutOff = false;
  const server: Server = createServer((client) => {
    if (cutOff) {
      client.destroy();
      return;
    }
    const upstream = connect(target.port, target.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      // Being cut is what this is for: both ends go down together.
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      cutOff = true;
      for (const socket of sockets) socket.destroy();
    },
    mend() {
      cutOff = false;
    },
    async stop() {
      cutOff = true;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The same URL by way of the cutter. */
export function through(cutter: Cutter, url: string): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(cutter.port);
  return changed.href;
}
