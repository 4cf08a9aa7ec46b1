import { randomUUID } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { dbOf } from '../../database/db.ts';
import { type Log, repeatedly } from '../../database/repeatedly.ts';
import { databaseTime } from '../../database/clock.ts';
import type { UserId } from '../../domain/ids.ts';

/** Notes whose live streams this process serves, where all processes can read it (R35). */
export interface PresenceNotes {
  /** Somebody begins to read. @returns what to call when they have ended */
  enter(user: UserId): () => void;
  /** Resolves when what had ended is written down. */
  stop(): Promise<void>;
}

/**
 * Says of every stream again and again that it still stands, in one statement for all. A stream that is not spoken of
 * for long counts as ended when it was last seen, so nobody has to tidy up behind a process that died. A database that
 * is away keeps nobody from a stream: the next round tells what this one could not.
 */
export function createPresence(orm: MikroORM, log: Log, everyMs = 15_000): PresenceNotes {
  const open = new Map<string, UserId>();
  const ended = new Set<string>();
  const rounds = repeatedly(() => tell(orm, open, ended), {
    what: 'the notes of who is present',
    everyMs,
    log,
  });
  rounds.start();
  return {
    enter(user) {
      const id = randomUUID();
      open.set(id, user);
      rounds.nudge();
      return () => {
        open.delete(id);
        ended.add(id);
        rounds.nudge();
      };
    },
    stop: () => rounds.stop(),
  };
}

async function tell(orm: MikroORM, open: ReadonlyMap<string, UserId>, ended: Set<string>): Promise<void> {
  const db = dbOf(orm.em.fork());
  if (open.size > 0) {
    await sql`
      insert into live_connection (id, user_id, seen_at)
      select o.id, o.user_id, ${databaseTime} from unnest(${[...open.keys()]}::uuid[], ${[...open.values()]}::uuid[]) as o(id, user_id)
      on conflict (id) do update set seen_at = excluded.seen_at, ended_at = null`.execute(db);
  }
  if (ended.size === 0) return;
  const over = [...ended];
  await sql`update live_connection set ended_at = ${databaseTime} where id = any(${over}::uuid[])`.execute(db);
  for (const id of over) ended.delete(id);
}
