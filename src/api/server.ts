import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';

/**
 * Longer than proxies keep their connections (60 s is common): so it is they who close idle ones, and no request meets
 * a connection that is just being closed from here.
 */
const keepAliveMs = 75_000;

/** How long a caller may take to say what they want, in milliseconds: whoever dribbles it is cut off with `408`. */
export interface Patience {
  readonly headersMs: number;
  /** Head and body together. What is answered afterwards may last: streams do. */
  readonly requestMs: number;
}

const defaultPatience: Patience = { headersMs: 15_000, requestMs: 30_000 };

/** An HTTP server that can go without cutting anybody off. */
export interface StoppableServer {
  /** Rejects when the address cannot be listened on. */
  listen(port: number, host: string): Promise<void>;
  /** From now on every answer asks its caller to connect anew: to another process, as soon as nobody is sent here. */
  leave(): void;
  /**
   * Takes no new connections, answers what was begun, and resolves when the last answer is out and its connection
   * closed – or, after `withinMs`, when what is left was cut off. @returns how many connections had to be cut off.
   */
  stop(withinMs: number): Promise<number>;
  readonly server: Server;
}

interface Held {
  /** Answers under way on the connection. */
  open: number;
  /** Bytes received up to the end of the last answer: more of them means that a request is coming in. */
  seen: number;
}

/** Builds the server around a handler; nothing is listened on here. */
export function createStoppableServer(handle: RequestListener, patience = defaultPatience): StoppableServer {
  const connections = new Map<Socket, Held>();
  const underWay = new Set<ServerResponse>();
  let leaving = false;
  let stopping = false;

  const limits = {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: patience.headersMs,
    requestTimeout: patience.requestMs,
    connectionsCheckingInterval: Math.ceil(patience.headersMs / 5),
  };
  const server = createServer(limits, (request, response) => {
    const { socket } = request;
    const held = connections.get(socket);
    if (held) held.open += 1;
    underWay.add(response);
    response.once('close', () => {
      underWay.delete(response);
      if (!held) return;
      held.open -= 1;
      held.seen = socket.bytesRead;
      if (stopping) endIfIdle(socket, held);
    });
    if (leaving) response.setHeader('Connection', 'close');
    handle(request, response);
  });
  server.on('connection', (socket) => {
    connections.set(socket, { open: 0, seen: 0 });
    socket.once('close', () => connections.delete(socket));
  });

  const leave = (): void => {
    leaving = true;
    for (const response of underWay) if (!response.headersSent) response.setHeader('Connection', 'close');
  };

  return {
    server,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve();
        });
      }),
    leave,
    stop(withinMs) {
      stopping = true;
      leave();
      let cut = 0;
      // Not the HTTP server's own `close`: it destroys connections whose answer has ended but not reached its reader.
      const closed = new Promise<number>((resolve) => {
        NetServer.prototype.close.call(server, () => resolve(cut));
      });
      for (const [socket, held] of connections) endIfIdle(socket, held);
      const force = setTimeout(() => {
        cut = connections.size;
        for (const socket of connections.keys()) socket.destroy();
      }, withinMs);
      return closed.finally(() => clearTimeout(force));
    },
  };
}

/** Closes a connection on which nothing is being answered and no request is coming in. */
function endIfIdle(socket: Socket, held: Held): void {
  if (held.open === 0 && socket.bytesRead === held.seen) socket.end();
}
