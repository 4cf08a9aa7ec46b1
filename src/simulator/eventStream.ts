import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';

/** An event of the live stream. */
export interface LiveEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const RESUME_MS = 1_000;
const SILENT_MS = 45_000;

/**
 * Follows a person's live stream until `signal`, and resumes where it was cut. Resolves when the stream has begun:
 * whatever happens from then on is told to `listener`.
 */
export async function followEvents(
  client: Client,
  listener: (event: LiveEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const state = { lastId: '' };
  void (async () => {
    while (!signal.aborted) {
      try {
        await readStream(client, state, listener, signal, resolve);
      } catch (error) {
        if (signal.aborted) break;
        if (state.lastId === '') return reject(error);
      }
      client.tally.repeated++;
      await sleep(RESUME_MS, undefined, { signal }).catch(() => {});
    }
  })();
  await promise;
}

async function readStream(
  client: Client,
  state: { lastId: string },
  listener: (event: LiveEvent) => void,
  signal: AbortSignal,
  begun: () => void,
): Promise<void> {
  const silence = new AbortController();
  const response = await fetch(`${client.base}/v1/events`, {
    headers: {
      ...client.headers,
      accept: 'text/event-stream',
      ...(state.lastId ? { 'last-event-id': state.lastId } : {}),
    },
    signal: AbortSignal.any([signal, silence.signal]),
  });
  if (!response.ok || !response.body) {
    client.tally.unexpected(`GET /v1/events → ${response.status}`);
    throw new Error(`GET /v1/events → ${response.status} ${await response.text()}`);
  }
  const parser = createParser(state, listener, begun);
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      parser(text);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Takes the text of a stream in any pieces and tells its events (WHATWG server-sent events, with `\n` as they come here). */
export function createParser(
  state: { lastId: string },
  listener: (event: LiveEvent) => void,
  begun: () => void,
): (text: string) => void {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = { id: '', event: '', data: [] as string[] };
      for (const line of block.split('\n')) {
        const [, name, value = ''] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        if (name === 'data') fields.data.push(value);
        else if (name === 'id' || name === 'event') fields[name] = value;
      }
      if (fields.id) state.lastId = fields.id;
      begun();
      if (fields.data.length > 0)
        listener({ type: fields.event, data: JSON.parse(fields.data.join('\n')) as LiveEvent['data'] });
    }
  };
}
