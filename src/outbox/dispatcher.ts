import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { dbOf } from '../database/db.ts';
import type { CrashPoint, StoredWakeUp } from '../database/unit.ts';
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
}

/** Wake-ups under way at one time, so that a crowd does not overwhelm Temporal. */
const inFlight = 32;

/**
 * Brings committed wake-ups to their workflows. Each is sent at once by the process that wrote it; one that this did
 * not reach is taken up within a second by whichever process sweeps first, and tried until the signal was taken.
 * Signals may therefore arrive late, twice or out of order: the steps read the row.
 */
export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #limiter = new Limiter(inFlight);
  readonly #sweep: Repeated;
  readonly #taken: number[] = [];
  #deleting: Promise<void> | undefined;
  #away = false;

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

  /** Stops sweeping and waits for what is under way. */
  async stop(): Promise<void> {
    await this.#sweep.stop();
    await this.#limiter.idle();
    await this.#deleting;
  }

  /** Sends wake-ups that were just committed; returns at once and never throws. */
  send(wakeUps: readonly StoredWakeUp[]): void {
    for (const wakeUp of wakeUps) void this.#limiter.run(() => this.#deliver(wakeUp));
  }

  /** How many sends wait or are under way: whoever produces many can pace itself. */
  get pending(): number {
    return this.#limiter.size;
  }

  /** Takes up what is overdue: at most 200 wake-ups, those of one process at a time. @returns how many there were. */
  async sweep(): Promise<number> {
    const { rows } = await sql<StoredWakeUp & { targetId: string }>`
      update wake_up set attempts = attempts + 1,
             next_attempt_at = clock_timestamp() + make_interval(secs => least(15, power(2, attempts)))
       where id in (select w.id from wake_up w where w.next_attempt_at <= clock_timestamp() order by w.id limit 200 for update skip locked)
      returning id, workflow, target_id as "targetId", signal, payload, restart`.execute(
      dbOf(this.#deps.orm.em.fork()),
    );
    await Promise.all(rows.map((wakeUp) => this.#limiter.run(() => this.#deliver(wakeUp))));
    return rows.length;
  }

  async #deliver(wakeUp: StoredWakeUp): Promise<void> {
    try {
      this.#deps.crash('before-signal');
      if (wakeUp.workflow === 'places') await this.#deps.handOn(wakeUp.targetId as UserId);
      else await this.#deps.temporal.wake({ ...wakeUp, workflow: wakeUp.workflow });
      if (this.#away) this.#deps.log.info('wake-ups go out again');
      this.#away = false;
      this.#taken.push(wakeUp.id);
      this.#deleting ??= this.#deleteTaken();
    } catch (error) {
      // The row stays and is tried again; one line per outage is enough.
      if (!this.#away)
        this.#deps.log.warn({ err: error }, 'a wake-up did not reach its target; it is tried until it does');
      this.#away = true;
    }
  }

  /** Deletes what was taken, many at a time. */
  async #deleteTaken(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
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
