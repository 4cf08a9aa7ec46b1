import { setTimeout as sleep } from 'node:timers/promises';

/** A final answer, and what it took to get it. */
export interface Final {
  readonly status: number;
  // The tests name what they look at; the answer's shape is what they check.
  // oxlint-disable-next-line no-explicit-any
  readonly body: any;
  readonly tries: number;
}

/** A caller as a good frontend has one: whatever is not a final answer is asked again, elsewhere, with the same key. */
export interface Patient {
  ask(method: string, path: string, body?: unknown, key?: string): Promise<Final>;
}

/** What all patient callers of a test met on their way. */
export interface Met {
  /** Answers that were not final, by status, and failed connections, by their code. */
  readonly troubles: Map<string, number>;
  asked: number;
}

const triesAtMost = 60;

/** Asks any of several addresses, each time beginning with the next. @throws Error after some thirty seconds of trouble. */
export function patient(addresses: readonly string[], token: string, met: Met): Patient {
  let turn = 0;
  const once = async (method: string, path: string, body: unknown, key: string | undefined) => {
    const response = await fetch(addresses[turn++ % addresses.length]! + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };
  const trouble = (what: string): void => void met.troubles.set(what, (met.troubles.get(what) ?? 0) + 1);
  return {
    async ask(method, path, body, key) {
      met.asked += 1;
      for (let tries = 1; tries <= triesAtMost; tries++) {
        try {
          const { status, body: told } = await once(method, path, body, key);
          if (status < 500 && status !== 429) return { status, body: told, tries };
          trouble(String(status));
        } catch (error) {
          trouble(codeOf(error));
        }
        await sleep(Math.min(20 * 2 ** tries, 500));
      }
      throw new Error(`${method} ${path} was not answered in ${triesAtMost} tries`);
    },
  };
}

const codeOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return String((cause as { readonly code?: unknown }).code ?? cause);
};
