import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../src/simulator/random.ts';
import type { Bench } from './bench.ts';
import { AnswerError } from './http.ts';
import { begun } from './load.ts';

/** How late offers were, in milliseconds after their moment; negative never. */
export interface Lateness {
  /** From the commit of the message that made it possible. */
  readonly made: readonly number[];
  /** From the moment at which the offer before it ran out. */
  readonly passedOn: readonly number[];
  /** Offers that had not come when the run was over. */
  readonly missing: number;
}

const LOOK_MS = 100;
const LAST_ONES_MS = 60_000;
const CALLERS = 48;
const CONFLICT = 409;

interface Offered {
  readonly id: string;
  readonly conversationId: string;
  readonly number: number;
  readonly agentId: string;
  readonly committedAt: number;
  readonly expiresAt: number | null;
}

/**
 * Conversations come at this rate, whatever the platform makes of it; every second one lets its first offer expire.
 * The agent of the next offer accepts and closes it.
 */
export async function measureLateness(bench: Bench, perSecond: number, seconds: number): Promise<Lateness> {
  const run = new Run(bench);
  const count = Math.round(perSecond * seconds);
  await Promise.all([run.write(count, perSecond), run.serve(count, seconds * 1_000 + LAST_ONES_MS)]);
  const found = await run.lateness();
  await run.putAway();
  return found;
}

class Run {
  readonly #bench: Bench;
  /** Conversations that have begun, and those of them that let their first offer expire. */
  readonly #begun = new Set<string>();
  readonly #passes = new Set<string>();
  readonly #closed = new Set<string>();
  /** Every offer, as it was when it was first seen: while it is live its row tells when it was committed. */
  readonly #offers = new Map<string, Offered>();
  readonly #acted = new Set<string>();

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** New contacts write at an even pace, each somewhere in its own slot. */
  async write(count: number, perSecond: number): Promise<void> {
    const { stock, company } = this.#bench;
    const random = new Random(7);
    const startedAt = performance.now();
    const writing: Promise<void>[] = [];
    for (let number = 0; number < count; number++) {
      const due = startedAt + ((number + random.next()) * 1_000) / perSecond;
      await sleep(Math.max(0, due - performance.now()));
      const sector = company.hasty[number % company.hasty.length]!;
      const one = stock.write(number % CALLERS, sector).then((id) => {
        if (number % 2 === 0) this.#passes.add(id);
        this.#begun.add(id);
      });
      writing.push(begun(one));
    }
    await Promise.all(writing);
  }

  /** Agents take what they are to take, until all conversations are closed or the time is up. */
  async serve(count: number, mostMs: number): Promise<void> {
    const until = performance.now() + mostMs;
    const acting: Promise<void>[] = [];
    while (this.#closed.size < count && performance.now() < until) {
      await this.#look();
      for (const offer of this.#offers.values()) {
        if (this.#acted.has(offer.id) || !this.#begun.has(offer.conversationId)) continue;
        this.#acted.add(offer.id);
        if (!this.#passes.has(offer.conversationId) || offer.number > 1) acting.push(begun(this.#take(offer)));
      }
      await sleep(LOOK_MS);
    }
    await Promise.all(acting);
  }

  async #look(): Promise<void> {
    const { database, company } = this.#bench;
    const live = await database.rows<Offered>(
      `select id, conversation_id as "conversationId", number, agent_id as "agentId",
              extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as "committedAt",
              extract(epoch from expires_at) * 1000 as "expiresAt"
         from offer where ended_at is null and sector_id = any($1::uuid[])`,
      [company.hasty.map(({ id }) => id)],
    );
    for (const offer of live) if (!this.#offers.has(offer.id)) this.#offers.set(offer.id, offer);
  }

  async #take({ conversationId, agentId }: Offered): Promise<void> {
    const { company, http } = this.#bench;
    const { token, number } = company.agents.get(agentId)!;
    const path = `/v1/conversations/${conversationId}`;
    try {
      await http.ask(number % CALLERS, { method: 'POST', path: `${path}/accept`, token, body: {} });
      await http.ask(number % CALLERS, { method: 'POST', path: `${path}/close`, token, body: {} });
      this.#closed.add(conversationId);
    } catch (error) {
      // It has run out in the meantime: the next offer is taken.
      if (!(error instanceof AnswerError && error.status === CONFLICT)) throw error;
    }
  }

  /** What was too much is closed by the administrator: its offers would pass on every two seconds, and be in the way of all that is measured next. */
  async putAway(): Promise<void> {
    const { company, http } = this.#bench;
    const left = [...this.#begun].filter((id) => !this.#closed.has(id));
    const close = async (id: string, caller: number): Promise<void> => {
      try {
        const path = `/v1/conversations/${id}/close`;
        await http.ask(caller, { method: 'POST', path, token: company.adminToken, body: {} });
      } catch (error) {
        if (!(error instanceof AnswerError && error.status === CONFLICT)) throw error;
      }
    };
    const lines = Array.from({ length: CALLERS }, (_unused, caller) => left.filter((_id, n) => n % CALLERS === caller));
    await Promise.all(
      lines.map(async (line, caller) => {
        for (const id of line) await close(id, caller);
      }),
    );
  }

  async lateness(): Promise<Lateness> {
    const messages = await this.#bench.database.rows<{ id: string; at: number }>(
      `select conversation_id as id, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as at
         from message where seq = 1 and conversation_id = any($1::uuid[])`,
      [[...this.#begun]],
    );
    const offers = new Map(
      [...this.#offers.values()].map((offer) => [`${offer.conversationId} ${offer.number}`, offer]),
    );
    const made = messages.flatMap(({ id, at }) => {
      const offer = offers.get(`${id} 1`);
      return offer ? [offer.committedAt - at] : [];
    });
    const passedOn = [...this.#passes].flatMap((id) => {
      const [first, second] = [offers.get(`${id} 1`), offers.get(`${id} 2`)];
      return first?.expiresAt && second ? [second.committedAt - first.expiresAt] : [];
    });
    return { made, passedOn, missing: this.#begun.size + this.#passes.size - made.length - passedOn.length };
  }
}
