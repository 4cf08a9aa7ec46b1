import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the worker and what it needs stand at this moment. */
export interface WorkerReadiness {
  readonly process: 'up' | 'stopping';
  /** It asks Temporal for work, and Temporal answers. */
  readonly polling: 'up' | 'down';
  readonly database: 'up' | 'down';
  readonly schema: 'current' | 'ahead' | 'behind' | 'unknown';
  readonly temporal: 'up' | 'down';
}

/** Each part as it is needed: the worker is ready when all of them are. */
export const partsOf = (readiness: WorkerReadiness): Readonly<Record<string, boolean>> => ({
  process: readiness.process === 'up',
  polling: readiness.polling === 'up',
  database: readiness.database === 'up',
  schema: readiness.schema === 'current' || readiness.schema === 'ahead',
  temporal: readiness.temporal === 'up',
});

/** The worker's small HTTP endpoint: `/health/live`, `/health/ready`, `/metrics`. */
export interface Endpoint {
  readonly port: number;
  close(): Promise<void>;
}

/** Listens. Rejects when the address cannot be listened on. */
export async function startEndpoint(
  at: { readonly host: string; readonly port: number },
  tell: { readonly readiness: () => Promise<WorkerReadiness>; readonly metrics: () => Promise<string> },
): Promise<Endpoint> {
  const answer = async (method: string, path: string, response: ServerResponse): Promise<void> => {
    if (method !== 'GET' && method !== 'HEAD') return send(response, 405, { status: 405, title: 'Only GET and HEAD' });
    switch (path) {
      case '/health/live':
        return send(response, 200, { status: 'up' });
      case '/health/ready': {
        const readiness = await tell.readiness();
        return send(response, Object.values(partsOf(readiness)).every(Boolean) ? 200 : 503, readiness);
      }
      case '/metrics':
        response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
        response.end(await tell.metrics());
        return;
      default:
        return send(response, 404, { status: 404, title: 'Only /health/live, /health/ready and /metrics are here' });
    }
  };
  const server = createServer((request, response) => {
    answer(request.method ?? '', request.url?.split('?')[0] ?? '', response).catch(() => {
      // What could not be told is told as such; there is nothing to undo.
      if (!response.headersSent) send(response, 503, { status: 503, title: 'It cannot be told just now' });
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader(
    'Content-Type',
    status >= 400 && 'title' in body ? 'application/problem+json' : 'application/json',
  );
  response.end(JSON.stringify(body));
}
