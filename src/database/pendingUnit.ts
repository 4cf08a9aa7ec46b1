import { randomUUID } from 'node:crypto';
import { type QueryCreator, sql } from 'kysely';
import type { EventType } from '../domain/conversation/events.ts';
import { presentTime } from './clock.ts';
import { type Database, type Db, dbOf, type EntityManager } from './db.ts';
import type { Committed, EventRequest, Moment, Platform, StoredWakeUp, Unit, WakeUpRequest, Write } from './unit.ts';

/** The unit of a transaction that runs: what it gathers, and how that is written. */
export class PendingUnit implements Unit {
  readonly em: EntityManager;
  readonly db: Db;
  readonly platform: Platform;
  /** What was written for others to take over after the commit. */
  readonly stored: StoredWakeUp[] = [];
  readonly recorded: EventType[] = [];
  readonly #writes = new Map<string, (db: Db) => Write | null>();
  readonly #events: EventRequest[] = [];
  readonly #wakeUps = new Map<string, WakeUpRequest>();
  readonly #moments: { readonly what: Moment; readonly dueAt: Date }[] = [];
  #now: Promise<Date> | undefined;
  #seen: Date | undefined;
  /** When, by this process' own steady clock, the present was read. */
  #readAtMs = 0;

  constructor(em: EntityManager, platform: Platform) {
    this.em = em;
    this.db = dbOf(em);
    this.platform = platform;
  }

  now = (): Promise<Date> => (this.#now ??= this.#read());

  sawTime(databaseTime: Date): void {
    if (this.#seen) return;
    this.#seen = databaseTime;
    this.#readAtMs = performance.now();
  }

  async #read(): Promise<Date> {
    const { clock } = this.platform;
    if (this.#seen) return clock.at(this.#seen);
    const present = await presentTime(this.db, clock);
    this.#readAtMs = performance.now();
    return present;
  }

  wake(request: WakeUpRequest): void {
    this.#wakeUps.set(`${request.workflow} ${request.targetId} ${request.signal}`, request);
  }

  record(event: EventRequest): void {
    this.#events.push(event);
  }

  answersTo(what: Moment, dueAt: Date): void {
    this.#moments.push({ what, dueAt });
  }

  /** Called after the commit: no clock but the database's is compared with the moments, and the rest is elapsed time. */
  async lateness(): Promise<Committed['late']> {
    if (!this.#now || this.#moments.length === 0) return [];
    const now = (await this.#now).getTime() + (performance.now() - this.#readAtMs);
    return this.#moments.map(({ what, dueAt }) => ({ what, ms: now - dueAt.getTime() }));
  }

  write(key: string, make: (db: Db) => Write | null): void {
    this.#writes.set(key, make);
  }

  discard(): void {
    this.stored.length = 0;
    this.recorded.length = 0;
    this.#writes.clear();
    this.#events.length = 0;
    this.#moments.length = 0;
    this.#wakeUps.clear();
    this.em.clear();
  }

  async settle(): Promise<void> {
    for (const write of this.#made(this.db)) await write.execute();
  }

  async complete(): Promise<void> {
    const events = this.#events.splice(0);
    const wakeUps = [...this.#wakeUps.values()];
    this.#wakeUps.clear();
    if (events.length === 0 && wakeUps.length === 0) return this.settle();
    const at = await this.now();
    // What stands inside of another statement is named for the database together with it.
    const db = this.#made(this.db.withoutPlugins()).reduce<QueryCreator<Database>>(
      (before, write, index) => before.with(`write_${index}`, () => write),
      this.db,
    );
    this.recorded.push(...events.map(({ type }) => type));
    if (wakeUps.length === 0) {
      await db.insertInto('event').values(eventRows(events, at)).execute();
      return;
    }
    const withEvents =
      events.length === 0 ? db : db.with('told', (told) => told.insertInto('event').values(eventRows(events, at)));
    const stored = await withEvents
      .insertInto('wake_up')
      .values(wakeUps.map((wakeUp) => wakeUpRow(wakeUp, at)))
      .returning(['id', 'workflow', 'targetId', 'signal', 'payload', 'restart'])
      .execute();
    this.stored.push(...stored);
  }

  /** The writes that were left so far, as they are now; they count as written from here on. */
  #made(db: Db): Write[] {
    const writes = [...this.#writes.values()];
    this.#writes.clear();
    return writes.map((make) => make(db)).filter((write) => write !== null);
  }
}

const wakeUpRow = (wakeUp: WakeUpRequest, at: Date) => ({
  workflow: wakeUp.workflow,
  targetId: wakeUp.targetId,
  signal: wakeUp.signal,
  payload: wakeUp.workflow === 'conversation' ? factOf(wakeUp) : {},
  restart: wakeUp.restart ?? false,
  createdAt: at,
  // The process that wrote it sends it at once; if it dies, the sweep does after this second.
  nextAttemptAt: sql<Date>`clock_timestamp() + interval '1 second'`,
  attempts: 0,
});

const factOf = ({ version, standing }: Extract<WakeUpRequest, { workflow: 'conversation' }>) =>
  standing ? { version, standing } : { version };

function eventRows(events: readonly EventRequest[], at: Date) {
  const stepId = randomUUID();
  return events.map((event, index) => ({
    type: event.type,
    at,
    conversationId: event.conversation?.id ?? null,
    seq: event.conversation?.seq ?? null,
    stepId,
    last: events.slice(index + 1).every((later) => later.conversation?.id !== event.conversation?.id),
    actor: event.actor,
    before: event.conversation?.before ?? null,
    after: event.conversation?.after ?? null,
    data: event.data,
    position: null,
  }));
}
