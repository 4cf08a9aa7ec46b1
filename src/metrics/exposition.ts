import { Gauge, Registry } from 'prom-client';

/** Something that adds to what a process exposes: text in the format of Prometheus. */
export type Source = () => Promise<string>;

/** However many ask: what was read less than `forMs` ago is told again, and two at once share one reading. */
export function keptFor<T>(forMs: number, read: () => Promise<T>): () => Promise<T> {
  let kept: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (kept && now - kept.at < forMs) return kept.value;
    const value = read();
    const fresh = { at: now, value };
    kept = fresh;
    // A failure is not kept: the next to ask tries again.
    value.catch(() => {
      if (kept === fresh) kept = undefined;
    });
    return value;
  };
}

/** A process' exposition: all its sources, one after the other. A source that fails is left out, and counted. */
export function exposition(sources: Readonly<Record<string, Source>>): Source {
  const registry = new Registry();
  const failing = new Gauge({
    name: 'rodizio_metrics_source_failed',
    help: '1 where a part of this page could not be read this time, and is left out.',
    labelNames: ['source'],
    registers: [registry],
  });
  return async () => {
    const texts = await Promise.all(
      Object.entries(sources).map(async ([source, read]) => {
        try {
          const text = await read();
          failing.set({ source }, 0);
          return text;
        } catch {
          failing.set({ source }, 1);
          return '';
        }
      }),
    );
    return [...texts, await registry.metrics()].filter((text) => text !== '').join('\n');
  };
}
