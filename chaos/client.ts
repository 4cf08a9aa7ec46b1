import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../src/simulator/random.ts';
import type { Call } from './checker/snapshot.ts';

/** What the callers were told, gathered for the checker. */
export class CallLog {
  readonly calls: Call[] = [];
  readonly failedReads: { readonly status: number; readonly path: string }[] = [];
  /** Answers of each API by the time they came: who answers again after a kill. */
  readonly lastAnswer = new Map<string, number>();
}

export interface Answer {
  /** `null`: there was none. */
  readonly status: number | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A writing request as the log keeps it. */
export interface Asked {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly kind: string;
  readonly targetId: string;
  /** What the checker needs to know of the request. */
  readonly asked?: Readonly<Record<string, unknown>>;
}

const TRY_MS = 6_000;
const GIVE_UP_MS = 120_000;

/** Calls the API as one principal, through whichever API process answers, again and again under the same key. */
export class Caller {
  readonly #apis: readonly string[];
  readonly #random: Random;
  readonly #log: CallLog;
  token: string;
  readonly actorId: string | null;
  #keys = 0;

  constructor(of: { apis: readonly string[]; random: Random; log: CallLog; token: string; actorId: string | null }) {
    this.#apis = of.apis;
    this.#random = of.random;
    this.#log = of.log;
    this.token = of.token;
    this.actorId = of.actorId;
  }

  /** Asks until there is a final answer: a broken connection, 429 and 503 are none. The log keeps it. */
  async write(request: Asked): Promise<Answer> {
    const key = `chaos-${this.actorId ?? request.targetId}-${Math.floor(this.#random.next() * 1e9)}-${++this.#keys}`;
    const startedAt = Date.now();
    const statuses: number[] = [];
    let attempts = 0;
    let answer: Answer = { status: null, body: {} };
    while (Date.now() - startedAt < GIVE_UP_MS) {
      attempts++;
      const { status, body } = await this.#once(request.method, request.path, request.body, key);
      if (status !== null) statuses.push(status);
      if (status !== null && status !== 503 && status !== 429) {
        answer = { status, body };
        break;
      }
      await sleep(this.#random.between(100, 600));
    }
    this.#log.calls.push({
      key,
      kind: request.kind,
      actorId: this.actorId,
      targetId: request.targetId,
      attempts,
      startedAt,
      answeredAt: answer.status === null ? null : Date.now(),
      status: answer.status,
      code: typeof answer.body['code'] === 'string' ? answer.body['code'] : null,
      statuses,
      asked: request.asked ?? {},
      answer: pick(answer.body, ['conversationId', 'messageId', 'created', 'version', 'ownerId']),
    });
    return answer;
  }

  /** Writes what has to succeed. @throws Error with the answer */
  async must(request: Asked): Promise<Readonly<Record<string, unknown>>> {
    const { status, body } = await this.write(request);
    if (status !== null && status < 300) return body;
    throw new Error(`${request.method} ${request.path} was answered with ${status}: ${JSON.stringify(body)}`);
  }

  /** Reads; `null` when nobody answers just now. */
  async read(path: string): Promise<Answer> {
    const answer = await this.#once('GET', path);
    if (answer.status !== null && answer.status >= 500) this.#log.failedReads.push({ status: answer.status, path });
    return answer;
  }

  async #once(method: string, path: string, body?: unknown, key?: string): Promise<Answer> {
    const api = this.#random.pick(this.#apis);
    try {
      const response = await fetch(api + path, {
        method,
        headers: {
          ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(TRY_MS),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      this.#log.lastAnswer.set(api, Date.now());
      return { status: response.status, body: isJson && text ? (JSON.parse(text) as Record<string, unknown>) : {} };
    } catch {
      // The process behind it, or the way to it, is gone for now.
      return { status: null, body: {} };
    }
  }
}

const pick = (body: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.flatMap((name) => (name in body ? [[name, body[name]]] : [])));
