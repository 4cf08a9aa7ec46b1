import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from './tally.ts';

/** An answer, read; `code` is the stable code of a problem. */
export interface Answer<T> {
  readonly status: number;
  readonly ok: boolean;
  readonly body: T;
  readonly code: string | null;
}

/** The platform answered something with which one cannot go on. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly status: number;

  constructor(what: string, { status, code, body }: Answer<unknown>) {
    super(`${what} → ${status} ${code ?? ''}: ${(body as { detail?: string } | null)?.detail ?? JSON.stringify(body)}`);
    this.status = status;
  }
}

export interface ClientOptions {
  readonly base: string;
  readonly tally: Tally;
  readonly token?: string;
  /** Ends whatever is under way. */
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const TRIES = 5;
const WAIT_MS = 300;
const ANSWER_MS = 15_000;
const LONGEST_WAIT_MS = 30_000;

/** Calls the public API as one principal. Everything but reading carries an `Idempotency-Key`, so it may be sent again. */
export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get base(): string {
    return this.#options.base;
  }

  get tally(): Tally {
    return this.#options.tally;
  }

  /** The same platform for somebody else. */
  withToken(token: string): Client {
    return new Client({ ...this.#options, token });
  }

  /** The same caller, not ended by the signal: for what has to be done at the end, too. */
  unstoppable(): Client {
    const { signal: _signal, ...options } = this.#options;
    return new Client(options);
  }

  get headers(): Record<string, string> {
    return this.#options.token ? { authorization: `Bearer ${this.#options.token}` } : {};
  }

  /** Asks, and counts what comes: a 409 is expected, any other refusal and every 5xx is a surprise. */
  async call<T = unknown>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
    const answer = await this.ask<T>(method, path, body);
    if (answer.status === 409) this.tally.conflict(answer.code ?? '');
    else if (!answer.ok && answer.status < 500) this.tally.unexpected(this.#line(method, path, answer));
    return answer;
  }

  /** Asks for what has to succeed. @throws AnswerError */
  async must<T = unknown>(method: Method, path: string, body?: unknown): Promise<T> {
    const answer = await this.ask<T>(method, path, body);
    if (!answer.ok) throw new AnswerError(`${method} ${path}`, answer);
    return answer.body;
  }

  /** Asks; a broken connection, 429 and 5xx are tried again. @throws Error when the platform cannot be reached */
  async ask<T = unknown>(method: Method, path: string, body?: unknown): Promise<Answer<T>> {
    const key = method === 'GET' ? {} : { 'idempotency-key': randomUUID() };
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt === TRIES;
      try {
        const { answer, retryMs } = await this.#once<T>(method, path, body, key);
        if (answer.status >= 500) this.tally.unexpected(this.#line(method, path, answer));
        if (isLast || (answer.status !== 429 && answer.status < 500) || (retryMs ?? 0) > LONGEST_WAIT_MS) return answer;
        await sleep(retryMs ?? WAIT_MS * attempt, undefined, this.#signal);
      } catch (error) {
        if (this.#options.signal?.aborted) throw this.#options.signal.reason;
        if (isLast) throw new Error(`${method} ${this.base}${path}: ${reasonOf(error)}`, { cause: error });
        await sleep(WAIT_MS * attempt, undefined, this.#signal);
      }
      this.tally.repeated++;
    }
  }

  get #signal(): { signal?: AbortSignal } {
    return this.#options.signal ? { signal: this.#options.signal } : {};
  }

  async #once<T>(method: Method, path: string, body: unknown, key: Record<string, string>) {
    const timeout = AbortSignal.timeout(ANSWER_MS);
    this.tally.requests++;
    const response = await (this.#options.fetch ?? fetch)(this.base + path, {
      method,
      headers: { ...this.headers, ...key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
      signal: this.#options.signal ? AbortSignal.any([this.#options.signal, timeout]) : timeout,
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    const parsed = (isJson && text ? JSON.parse(text) : null) as T;
    const code = response.ok ? null : ((parsed as { readonly code?: string } | null)?.code ?? null);
    const retryAfter = response.headers.get('retry-after');
    return {
      answer: { status: response.status, ok: response.ok, body: parsed, code } satisfies Answer<T>,
      retryMs: retryAfter === null ? undefined : Number(retryAfter) * 1_000,
    };
  }

  /** The same line for the same kind of surprise, whichever conversation it was. */
  #line(method: Method, path: string, { status, code, body }: Answer<unknown>): string {
    const detail = (body as { readonly detail?: string } | null)?.detail ?? '';
    const route = (path.split('?')[0] ?? path).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}');
    return `${method} ${route} → ${status} ${code ?? ''}${status < 500 && detail ? ` (${detail})` : ''}`;
  }
}

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};
