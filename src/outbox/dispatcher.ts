import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { dbOf } from '../database/db.ts';
import type { CrashPoint, StoredWakeUp } from '../database/unit.ts';
import { pause } from '../database/pause.ts';
import { type Repeated, repeatedly } from '../database/repeatedly.ts';
import type { UserId } from '../domain/ids.ts';
import { Limiter } from './limiter.ts';
import type { Temporal } from './temporal.ts';

export interface DispatcherDeps {
  readonly orm: MikroORM;
  readonly temporal: Pick<Temporal, 'wake'>;
  /** Hands on a place that an agent has free. */
  readonly handOn: (agent: UserId) => Promise<void>;
  readonly crash: (point: CrashPoint) => void;
  readonly log: Logger;
  readonly counts?: WakeUpCounts;
}

/** Hears of wake-ups that reached their target, and of tries that did not. */
export interface WakeUpCounts {
  sent(workflow: StoredWakeUp['workflow'], count: number): void;
  failed(workflow: StoredWakeUp['workflow']): void;
}

/** Wake-ups under way at one time, so that a crowd does not overwhelm Temporal. */
const inFlight = 32;

/** Wake-ups that were taken are gathered for so long before they are deleted; well below the second of the sweep. */
const gatherMs = 100;

/** A wake-up that waits for its turn. */
interface Waiting {
  readonly wakeUp: StoredWakeUp;
  /** Called when it was tried. */
  readonly tried: () => void;
}

/**
 * Brings committed wake-ups to their workflows. Each is sent at once by the process that wrote it; one that this did
 * not reach is taken up within a second by whichever process sweeps first, and tried until the signal was taken.
 * Signals may therefore arrive late, twice or out of order: the steps read the row.
 *
 * What is to be told to one target while it is being told something goes out as one signal afterwards: the first of a
 * queue, whom everybody behind it wakes, would otherwise be signalled so often that it never gets to its step, and
 * would keep the places here from all others.
 */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #limiter = new Limiter(inFlight);
  /** What waits, by target and name: while one of a name is under way to a target, the others of it stand here. */
  readonly #lines = new Map<string, Waiting[]>();
  /** Ids of what waits or is under way. */
  readonly #held = new Set<number>();
  readonly #sweep: Repeated;
  readonly #idle: (() => void)[] = [];
  readonly #taken: number[] = [];
  #deleting: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  #away = false;
  #isLeaving = false;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    this.#sweep = repeatedly(async () => void (await this.sweep()), {
      what: 'the sweep of wake-ups',
      everyMs: 1_000,
      log: deps.log,
    });
  }

  start(): void {
    this.#sweep.start();
  }

  /**
   * Stops sweeping and sends what is still to be sent. What has not begun after `withinMs` – Temporal is away, say – is
   * left to the other processes: its rows stay.
   */
  async stop(withinMs = 5_000): Promise<void> {
    const enough = setTimeout(() => (this.#isLeaving = true), withinMs);
    await this.#sweep.stop();
    if (this.#lines.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    clearTimeout(enough);
    this.#stopping.abort();
    await this.#deleting;
  }

  /** Sends wake-ups that were just committed; returns at once and never throws. */
  send(wakeUps: readonly StoredWakeUp[]): void {
    for (const wakeUp of wakeUps) void this.#bring(wakeUp);
  }

  /** How many sends wait or are under way: whoever produces many can pace itself. */
  get pending(): number {
    return this.#limiter.size;
  }

  /** Takes up what is overdue: at most 200 wake-ups, those of one process at a time. @returns how many there were. */
  async sweep(): Promise<number> {
    await this.#keep();
    const { rows } = await sql<StoredWakeUp & { targetId: string }>`
      update wake_up set attempts = attempts + 1,
             next_attempt_at = clock_timestamp() + make_interval(secs => least(15, power(2, attempts)))
       where id in (select w.id from wake_up w where w.next_attempt_at <= clock_timestamp() order by w.id limit 200 for update skip locked)
      returning id, workflow, target_id as "targetId", signal, payload, restart`.execute(
      dbOf(this.#deps.orm.em.fork()),
    );
    await Promise.all(rows.map((wakeUp) => this.#bring(wakeUp)));
    return rows.length;
  }

  /**
   * What waits here for its turn is this process' to send as long as it lives and reaches Temporal: others who sent it
   * as well would only add to what is too much already.
   */
  async #keep(): Promise<void> {
    if (this.#held.size === 0 || this.#away) return;
    await sql`
      update wake_up set next_attempt_at = clock_timestamp() + interval '2 seconds'
       where id = any(${[...this.#held]}::bigint[])`.execute(dbOf(this.#deps.orm.em.fork()));
  }

  /** Resolves when it was tried. */
  #bring(wakeUp: StoredWakeUp): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.add(wakeUp.id);
    const tried = (): void => {
      this.#held.delete(wakeUp.id);
      resolve();
    };
    const key = `${wakeUp.workflow} ${wakeUp.targetId} ${wakeUp.signal}`;
    const line = this.#lines.get(key);
    if (line) line.push({ wakeUp, tried });
    else {
      const started = [{ wakeUp, tried }];
      this.#lines.set(key, started);
      void this.#work(key, started);
    }
    return promise;
  }

  async #work(key: string, line: Waiting[]): Promise<void> {
    while (line.length > 0) {
      await this.#limiter.run(async () => {
        const together = line.splice(0);
        if (!this.#isLeaving) await this.#deliver(together.map(({ wakeUp }) => wakeUp));
        for (const { tried } of together) tried();
      });
    }
    this.#lines.delete(key);
    if (this.#lines.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  /** Tells what all of them tell: they were committed before, and their target reads its row after. */
  async #deliver(together: readonly StoredWakeUp[]): Promise<void> {
    const last = together.reduce((one, other) => (other.id > one.id ? other : one));
    try {
      this.#deps.crash('before-signal');
      if (last.workflow === 'places') await this.#deps.handOn(last.targetId as UserId);
      else {
        const restart = together.some((wakeUp) => wakeUp.restart);
        await this.#deps.temporal.wake({ ...last, workflow: last.workflow, restart });
      }
      if (this.#away) this.#deps.log.info('wake-ups go out again');
      this.#away = false;
      this.#deps.counts?.sent(last.workflow, together.length);
      this.#taken.push(...together.map(({ id }) => id));
      this.#deleting ??= this.#deleteTaken();
    } catch (error) {
      this.#deps.counts?.failed(last.workflow);
      // The row stays and is tried again; one line per outage is enough.
      if (!this.#away)
        this.#deps.log.warn({ err: error }, 'a wake-up did not reach its target; it is tried until it does');
      this.#away = true;
    }
  }

  /** Deletes what was taken, many at a time: a sweep that came before would send it again, which is harmless. */
  async #deleteTaken(): Promise<void> {
    // Whoever stops does not wait for more.
    await pause(gatherMs, this.#stopping.signal);
    this.#deleting = undefined;
    const ids = this.#taken.splice(0);
    try {
      await sql`delete from wake_up where id = any(${ids}::bigint[])`.execute(dbOf(this.#deps.orm.em.fork()));
    } catch (error) {
      // Sent twice then, which is harmless.
      this.#deps.log.debug({ err: error }, 'taken wake-ups could not be deleted');
    }
  }
}
