import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { type Db, dbOf } from './db.ts';
import { type Log, type Repeated, repeatedly } from './repeatedly.ts';

/** The channel of the hint that there are new positions; it carries nothing. */
export const eventsChannel = 'rodizio_events';

/** One number for all processes: whoever holds it gives positions. */
const sequencerLock = 7_201_995;

export interface SequencerOptions {
  readonly log: Log;
  /** Positions given in one transaction, steps completed beyond it. */
  readonly batchSize?: number;
  readonly everyMs?: number;
}

/**
 * Gives committed events their gapless `position`, in any number of processes: one at a time does it. Whoever commits
 * an event nudges; every second it looks by itself, for the events of a process that died between commit and nudge.
 * Survives a database that goes away and comes back.
 */
export function createSequencer(
  orm: MikroORM,
  { log, batchSize = 1_000, everyMs = 1_000 }: SequencerOptions,
): Repeated {
  const work = async (): Promise<void> => {
    while ((await givePositions(orm, batchSize)) >= batchSize);
  };
  return repeatedly(work, { what: 'sequencer', everyMs, log });
}

/**
 * One batch in one transaction; returns how many events got a position.
 *
 * The events of a step get neighbouring positions, those of one conversation in one piece, so that a reader can take a
 * step's events about a conversation as one. Within a conversation the order is that of its steps: they come one after
 * the other under the lock of its row, and each takes its ordinals at its end.
 */
export async function givePositions(orm: MikroORM, batchSize: number): Promise<number> {
  return orm.em.fork().transactional(async (em) => {
    const db = dbOf(em);
    // A statement of its own: the next one must see everything that the previous holder of the lock committed.
    await sql`select pg_advisory_xact_lock(${sequencerLock})`.execute(db);
    return numberBatch(db, batchSize);
  });
}

async function numberBatch(db: Db, batchSize: number): Promise<number> {
  const { rows } = await sql<{ given: number }>`
    with oldest as (
      select step_id from event where position is null order by ordinal limit ${batchSize}
    ), steps as (
      select ordinal,
             min(ordinal) over (partition by step_id) as step,
             min(ordinal) over (partition by step_id, coalesce(conversation_id::text, ordinal::text)) as piece
        from event where position is null and step_id in (select step_id from oldest)
    ), numbered as (
      select ordinal, row_number() over (order by step, piece, ordinal) as number from steps
    ), counter as (
      insert into installation as i (id, last_position)
      select 1, count(*) from numbered having count(*) > 0
      on conflict (id) do update set last_position = i.last_position + excluded.last_position
      returning i.last_position
    ), given as (
      update event e
         set position = counter.last_position - (select count(*) from numbered) + numbered.number
        from numbered, counter
       where e.ordinal = numbered.ordinal
      returning e.ordinal
    )
    select count(*) as given, case when count(*) > 0 then pg_notify(${eventsChannel}, '') end from given`.execute(db);
  return rows[0]?.given ?? 0;
}
