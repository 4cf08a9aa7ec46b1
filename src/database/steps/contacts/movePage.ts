import { sql } from 'kysely';
import type { JobStanding } from '../../../domain/conversation/standing.ts';
import type { JobDetails } from '../../entities/jobs.ts';
import type { Db } from '../../db.ts';
import type { Unit } from '../../unit.ts';
import { type JobRow, noteProgress } from '../jobs/jobs.ts';

type Move = Extract<JobDetails, { kind: 'portfolio-move' }>;

const pageSize = 500;

/** The contacts that a move means: of that portfolio, as it was when the move was asked for (`at`). */
const meant = ({ fromOwnerId, tag, origin, source }: Omit<Move, 'toOwnerId' | 'kind'>, at: Date) => sql<boolean>`
  k.owner_id = ${fromOwnerId} and (k.owner_since is null or k.owner_since <= ${at})
  and (${tag}::text is null or exists (select 1 from unnest(k.tags) t where lower(t) = lower(${tag}::text)))
  and (${origin}::text is null or lower(k.origin) = lower(${origin}::text))
  and (${source}::text is null or k.source = ${source}::text)`;

/** How many contacts a move would move. */
export async function countMove(db: Db, move: Omit<Move, 'toOwnerId' | 'kind'>, at: Date): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from contact k where ${meant(move, at)}`.execute(db);
  return rows[0]?.count ?? 0;
}

/**
 * R29: moves some contacts to the other portfolio. Contacts whom somebody gave away or took meanwhile are left where they
 * are now. Ends early when the new owner is no longer active.
 */
export async function movePage(unit: Unit, job: JobRow, move: Move): Promise<JobStanding> {
  const owner = await unit.db
    .selectFrom('users')
    .select('active')
    .where('id', '=', move.toOwnerId)
    .forShare()
    .executeTakeFirst();
  if (!owner?.active) return noteProgress(unit, job, { done: job.done, state: 'stopped', because: 'owner-inactive' });
  const now = await unit.now();
  const { numAffectedRows } = await sql`
    update contact set owner_id = ${move.toOwnerId}, owner_since = ${now}, updated_at = ${now}
     where id in (select k.id from contact k where ${meant(move, job.createdAt)} order by k.id limit ${pageSize} for no key update)`.execute(
    unit.db,
  );
  // A page that others thinned out is not the last one.
  const moved = Number(numAffectedRows ?? 0);
  return noteProgress(unit, job, { done: job.done + moved, state: moved === 0 ? 'done' : 'running' });
}
