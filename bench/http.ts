import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'undici';

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Bearer token of the caller. */
  readonly token: string;
  readonly body?: unknown;
}

/** An answer that is no success. */
export class AnswerError extends Error {
  readonly status: number;

  constructor({ method, path }: Asked, { status, text }: Answer) {
    super(`${method} ${path} was answered with ${status}: ${text.slice(0, 400)}`);
    this.name = 'AnswerError';
    this.status = status;
  }
}

const AGAIN_MS = 100;
const TRIES = 4;

/** Keeps one connection for each caller, as a frontend does; the callers are spread over the servers. */
export class Http {
  readonly #origins: readonly string[];
  readonly #clients = new Map<number, Client>();

  constructor(origins: readonly string[]) {
    this.#origins = origins;
  }

  /** How often "away for the moment" (503) was answered. */
  away = 0;

  /**
   * Asks over the connection of this caller; at 503 again, as clients do: its time counts.
   * @throws AnswerError for any other answer that is no success: nothing was measured
   */
  async ask(caller: number, asked: Asked): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#once(caller, asked);
      if (answer.status < 300) return answer;
      if (answer.status !== 503 || attempt === TRIES) {
        throw new AnswerError(asked, answer);
      }
      this.away++;
      await sleep(AGAIN_MS);
    }
  }

  async #once(caller: number, { method, path, token, body }: Asked): Promise<Answer> {
    const { statusCode: status, body: stream } = await this.#client(caller).request({
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status, text: await stream.text() };
  }

  /** Asks and reads the answer's JSON. */
  async json(caller: number, asked: Asked): Promise<Readonly<Record<string, unknown>>> {
    return JSON.parse((await this.ask(caller, asked)).text) as Record<string, unknown>;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  #client(caller: number): Client {
    let client = this.#clients.get(caller);
    if (!client) {
      client = new Client(this.#origins[caller % this.#origins.length]!, { keepAliveTimeout: 60_000 });
      this.#clients.set(caller, client);
    }
    return client;
  }
}
