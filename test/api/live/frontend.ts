import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { vi } from 'vitest';
import type { UserId } from '../../../src/domain/ids.ts';

/** One connection of a frontend: what came, in order, and how to leave. */
export interface Following {
  readonly status: number;
  readonly headers: Headers;
  readonly messages: readonly EventSourceMessage[];
  readonly comments: readonly string[];
  /** What `Last-Event-ID` would be now. */
  readonly lastEventId: string | undefined;
  /** Resolves when the stream has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Resolves once so many messages came. */
  atLeast(count: number): Promise<readonly EventSourceMessage[]>;
  /** Cuts the connection. */
  cut(): Promise<void>;
}

/** Connects as a person, from the last event that an earlier connection saw, or from now. */
export async function follow(
  url: string,
  userId: UserId,
  lastEventId?: string,
  onMessage?: () => void,
): Promise<Following> {
  const abort = new AbortController();
  const response = await fetch(url, {
    headers: { 'x-user': userId, ...(lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId }) },
    signal: abort.signal,
  });
  const messages: EventSourceMessage[] = [];
  const comments: string[] = [];
  let last = lastEventId;
  const parser = createParser({
    onEvent: (message) => {
      messages.push(message);
      onMessage?.();
    },
    onComment: (comment) => comments.push(comment),
  });
  // The parser tells of ids only together with an event; a browser keeps those that come alone, too.
  let line = '';
  const keepIds = (text: string): void => {
    const lines = (line + text).split('\n');
    line = lines.pop()!;
    for (const each of lines) if (each.startsWith('id: ')) last = each.slice(4);
  };
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      const text = decoder.decode(chunk as Uint8Array, { stream: true });
      keepIds(text);
      parser.feed(text);
    }
  };
  const ended = read().catch(() => {});
  // An open stream begins with an id.
  if (response.ok)
    await vi.waitFor(() => last ?? Promise.reject(new Error('the stream does not begin')), { interval: 5 });
  return {
    status: response.status,
    headers: response.headers,
    messages,
    comments,
    get lastEventId() {
      return last;
    },
    ended,
    atLeast: (count) =>
      vi.waitFor(
        () => {
          if (messages.length < count)
            throw new Error(
              `${messages.length} of ${count} messages came: ${messages.map(({ event }) => event).join(', ')}`,
            );
          return messages;
        },
        { timeout: 8_000, interval: 10 },
      ),
    async cut() {
      abort.abort();
      await ended;
    },
  };
}
