import type { Live } from '../../src/api/live/stream.ts';

/** Streams that end as soon as they have begun, and how many there were. */
export function createShortLive(): Live & { readonly begun: () => number } {
  let begun = 0;
  return {
    serve(_person, _check, _request, response) {
      begun += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' }).end(': here\n\n');
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
    begun: () => begun,
  };
}
