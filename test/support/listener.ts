import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** A frontend's live stream that comes back wherever it can, from where it was. */
export interface Listener {
  /** What came, in order, over all connections. */
  readonly messages: readonly EventSourceMessage[];
  /** How often it was connected. */
  readonly connections: () => number;
  /** Resolves once it is connected for the first time. */
  readonly connected: Promise<void>;
  stop(): Promise<void>;
}

/** Listens at any of several addresses; a stream that ends is taken up again at the next one, after the time it asked for. */
export function listen(addresses: readonly string[], token: string, first = 0): Listener {
  const messages: EventSourceMessage[] = [];
  const abort = new AbortController();
  const { promise: connected, resolve: hasConnected } = Promise.withResolvers<void>();
  let connections = 0;
  let lastEventId: string | undefined;
  let retryMs = 1_000;

  const once = async (address: string): Promise<void> => {
    const response = await fetch(`${address}/v1/events`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
      },
      signal: abort.signal,
    });
    if (!response.ok || !response.body) return;
    connections += 1;
    const parser = createParser({
      onEvent: (message) => {
        messages.push(message);
      },
      onRetry: (ms) => {
        retryMs = ms;
      },
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) {
      const text = decoder.decode(chunk, { stream: true });
      // The parser tells ids with their events only; the stream also sends some by themselves.
      for (const [, id] of text.matchAll(/^id: (.+)$/gm)) lastEventId = id;
      parser.feed(text);
      hasConnected();
    }
  };
  const running = (async () => {
    for (let turn = first; !abort.signal.aborted; turn++) {
      // Cut off or refused: that is what resuming is for.
      await once(addresses[turn % addresses.length]!).catch(() => undefined);
      if (!abort.signal.aborted) await sleep(retryMs, undefined, { signal: abort.signal }).catch(() => undefined);
    }
  })();
  return {
    messages,
    connections: () => connections,
    connected,
    async stop() {
      abort.abort();
      await running;
    },
  };
}
