import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import type { Principal } from '../../domain/access/principal.ts';
import { type RightsChange, undoRightsChange } from '../../domain/access/rightsChange.ts';
import { Refusal } from '../../domain/errors.ts';
import type { UserId } from '../../domain/ids.ts';
import { type Db, dbOf } from '../../database/db.ts';
import { loadPerson, type Person } from '../../database/repositories/principals.ts';
import { readNewestPosition, readRightsChanges } from './log.ts';

/** How long a reader may stay away and still resume. */
const retentionDays = 7;

/** With changed rights, conversations' states at the cursor are looked up in all events since: not beyond this many. */
const farthestWithOtherRights = 100_000;

/** The id of a stream message: what came of the group that ends at `position`, up to its message `n`. */
export interface Cursor {
  readonly position: number;
  /** `null`: everything of it. */
  readonly n: number | null;
}

/** Reads `<position>` or `<position>.<n>`; nothing given is no cursor. @throws Refusal `invalid-request` for anything else. */
export function parseCursor(text: string | null | undefined): Cursor | null {
  if (text === null || text === undefined || text === '') return null;
  const match = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text);
  if (!match) {
    throw new Refusal('invalid-request', 'The id of the last event is none that this stream has sent.', {
      errors: [{ path: 'Last-Event-ID', reason: 'must be the id of an event as the stream sent it' }],
    });
  }
  return { position: Number(match[1]), n: match[2] === undefined ? null : Number(match[2]) };
}

/** Where a stream begins. */
export interface Start {
  /** Events after this position are read. */
  readonly after: number;
  /** The group that was cut in the middle; it is read again and its messages up to `n` are left out. */
  readonly resume: { readonly position: number; readonly n: number } | null;
  /** The cursor is of no use any more: the reader has to load everything anew. */
  readonly reset: boolean;
  /** The person with the rights of now. */
  readonly now: Person;
  /** The rights that the person had at `after`. */
  readonly then: Principal;
}

/**
 * Finds where a stream begins, all from one snapshot of the database.
 * @throws Refusal `unauthenticated` when the person is gone.
 */
export async function findStart(orm: MikroORM, userId: UserId, cursor: Cursor | null): Promise<Start> {
  return orm.em.fork().transactional(
    async (em) => {
      const db = dbOf(em);
      const now = await loadPerson(db, userId);
      if (!now?.active) throw new Refusal('unauthenticated', 'The user is not active any more.');
      const newest = await readNewestPosition(db);
      const group = cursor && (await findGroup(db, cursor, newest));
      const start = group ?? { after: newest, resume: null };
      const then = rightsBefore(now, await readRightsChanges(db, start.after));
      if (then !== now && newest - start.after > farthestWithOtherRights) {
        return {
          after: newest,
          resume: null,
          reset: true,
          now,
          then: rightsBefore(now, await readRightsChanges(db, newest)),
        };
      }
      return { ...start, reset: cursor !== null && group === null, now, then };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

const rightsBefore = (now: Person, changes: readonly RightsChange[]): Principal =>
  changes.toReversed().reduce<Principal>(undoRightsChange, now);

/** The group in which the cursor stands; `null` when it is too old, or of a future that a restored backup took away. */
async function findGroup(
  db: Db,
  { position, n }: Cursor,
  newest: number,
): Promise<Pick<Start, 'after' | 'resume'> | null> {
  if (position > newest) return null;
  if (newest === 0) return { after: 0, resume: null };
  const { rows } = await sql<{ first: number }>`
    select (select min(g.position) from event g
             where g.position between e.position - 1000 and e.position and g.step_id = e.step_id
               and (g.position = e.position or g.conversation_id = e.conversation_id)) as first
      from event e
     where e.position = ${Math.max(position, 1)} and e.at > clock_timestamp() - make_interval(days => ${retentionDays})`.execute(
    db,
  );
  const first = rows[0]?.first;
  if (first === undefined) return null;
  return n === null || position === 0
    ? { after: position, resume: null }
    : { after: first - 1, resume: { position, n } };
}
