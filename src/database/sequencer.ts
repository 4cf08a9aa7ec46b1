import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { dbOf } from './db.ts';
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
  /** What is committed within so long gets its positions together; readers notice nothing of so little. */
  readonly gatherMs?: number;
}

/**
 * Gives committed events their gapless `position`, in any number of processes: one at a time does it. Whoever commits
 * an event nudges; every second it looks by itself, for the events of a process that died between commit and nudge.
 * Survives a database that goes away and comes back.
 */
export function createSequencer(
  orm: MikroORM,
  { log, batchSize = 1_000, everyMs = 1_000, gatherMs = 25 }: SequencerOptions,
): Repeated {
  const work = async (): Promise<void> => {
    while ((await givePositions(orm, batchSize)) >= batchSize);
  };
  return repeatedly(work, { what: 'sequencer', everyMs, log, gatherMs });
}

/**
 * One batch in one transaction, by a function of the database: a process that has just committed is not to make four
 * round trips for it. Returns how many events got a position.
 *
 * The events of a step get neighbouring positions, those of one conversation in one piece, so that a reader can take a
 * step's events about a conversation as one. Within a conversation the order is that of its steps: they come one after
 * the other under the lock of its row, and each takes its ordinals at its end.
 */
export async function givePositions(orm: MikroORM, batchSize: number): Promise<number> {
  const { rows } = await sql<{ given: number }>`
    select give_positions(${sequencerLock}, ${batchSize}, ${eventsChannel}) as given`.execute(dbOf(orm.em.fork()));
  return rows[0]?.given ?? 0;
}
