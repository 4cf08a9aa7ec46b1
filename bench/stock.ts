import { setTimeout as sleep } from 'node:timers/promises';
import type { Agent, Company, Sector } from './company.ts';
import type { Database } from './database.ts';
import type { Http } from './http.ts';
import { type Job, linesOf, runLines } from './load.ts';
import { untilIdle } from './quiet.ts';
import type { Block } from './samples.ts';

/** A conversation and whoever acts on it next. */
export interface Held {
  readonly id: string;
  readonly agent: Agent;
  readonly offerId: string | null;
}

const SETTLE_MS = 120_000;
const LOOK_MS = 50;

/** Makes conversations and brings them on, so that there is something to measure with. */
export class Stock {
  readonly #http: Http;
  readonly #database: Database;
  readonly #company: Company;
  #contacts = 0;

  constructor(http: Http, database: Database, company: Company) {
    this.#http = http;
    this.#database = database;
    this.#company = company;
  }

  /** A contact who never wrote before writes. @returns the id of the conversation that this began */
  async write(caller: number, sector: Sector): Promise<string> {
    const contact = `contact ${++this.#contacts} of ${process.pid}`;
    const answer = await this.#http.json(caller, {
      method: 'POST',
      path: `/v1/channels/${sector.channelId}/messages`,
      token: sector.channelKey,
      body: { contact: { externalId: contact, name: contact }, message: { id: contact, text: 'Bom dia!' } },
    });
    return answer['conversationId'] as string;
  }

  /** So many new contacts write, dealt over the callers and the sectors. */
  async begin(
    count: number,
    callers: number,
    sectors: readonly Sector[] = this.#company.sectors,
  ): Promise<{ readonly ids: string[]; readonly block: Block }> {
    const ids: string[] = [];
    const numbers = Array.from({ length: count }, (_unused, number) => number);
    const jobs = linesOf(numbers, callers, (number) => number).map((line, caller) =>
      line.map(
        (number): Job =>
          async () =>
            void ids.push(await this.write(caller, sectors[number % sectors.length]!)),
      ),
    );
    const block = await runLines(jobs);
    return { ids, block };
  }

  /**
   * Waits until every one of the conversations is in this state, nothing is on its way to a workflow, and the machine
   * has come to rest, for which it gets some seconds unless told otherwise. @throws Error when that takes two minutes
   */
  async settled(
    ids: readonly string[],
    state: 'offered' | 'assigned' | 'waiting' | 'closed',
    restMs?: number,
  ): Promise<Held[]> {
    const within = Math.max(SETTLE_MS, restMs ?? 0);
    const until = performance.now() + within;
    for (;;) {
      const [left] = await this.#database.rows<{ count: number }>(
        `select (select count(*) from conversation where id = any($1::uuid[]) and coalesce(state, status) <> $2)
              + (select count(*) from wake_up) as count`,
        [ids, state],
      );
      if (left?.count === 0) break;
      if (performance.now() > until)
        throw new Error(
          `After ${within / 1_000} s ${left?.count} conversations are not ${state}, or wake-ups not sent.`,
        );
      await sleep(LOOK_MS);
    }
    await untilIdle(restMs);
    const found = await this.#database.rows<{ id: string; userId: string | null; offerId: string | null }>(
      `select c.id, coalesce(c.owner_id, c.designated_id) as "userId", o.id as "offerId"
         from conversation c left join offer o on o.conversation_id = c.id and o.ended_at is null
        where c.id = any($1::uuid[]) order by c.created_at, c.id`,
      [ids],
    );
    return found.flatMap(({ id, userId, offerId }) => {
      const agent = this.#company.agents.get(userId ?? '');
      return agent ? [{ id, agent, offerId }] : [];
    });
  }

  /** Every holder gives the same command on what they hold: a caller stands for some agents. */
  async command(
    held: readonly Held[],
    callers: number,
    name: string,
    body: (one: Held) => unknown = () => ({}),
  ): Promise<Block> {
    return runLines(
      linesOf(held, callers, ({ agent }) => agent.number).map((line, caller) =>
        line.map(
          (one): Job =>
            () =>
              this.#http.ask(caller, {
                method: 'POST',
                path: `/v1/conversations/${one.id}/${name}`,
                token: one.agent.token,
                body: body(one),
              }),
        ),
      ),
    );
  }
}
