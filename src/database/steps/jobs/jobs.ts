import type { InferEntity } from '@mikro-orm/postgresql';
import type { JobStanding, JobState } from '../../../domain/conversation/standing.ts';
import { notFound } from '../../../domain/errors.ts';
import type { JobId, UserId } from '../../../domain/ids.ts';
import type { Job, JobDetails } from '../../entities/jobs.ts';
import type { Unit } from '../../unit.ts';

export type JobRow = InferEntity<typeof Job>;

/** Writes a work down. One that is `running` is begun by its workflow after the commit. */
export async function writeJob(
  unit: Unit,
  job: {
    readonly id: JobId;
    readonly state: 'receiving' | 'running';
    readonly details: JobDetails;
    readonly total: number;
    readonly createdById: UserId;
  },
): Promise<void> {
  await unit.db
    .insertInto('job')
    .values({ ...job, done: 0, stoppedBecause: null, createdAt: await unit.now(), endedAt: null })
    .execute();
  if (job.state === 'running') unit.wake({ workflow: 'job', targetId: job.id, signal: 'jobWritten' });
}

/** Whoever holds the row works on a page, or ends the work: one at a time. */
export async function lockJob(unit: Unit, id: JobId): Promise<JobRow | null> {
  const found = await unit.db.selectFrom('job').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
  return found ?? null;
}

/** Notes how far it is, or that it has ended; the caller holds the row. */
export async function noteProgress(
  unit: Unit,
  job: JobRow,
  {
    done,
    state,
    because = null,
  }: { readonly done: number; readonly state: JobState; readonly because?: string | null },
): Promise<JobStanding> {
  const endedAt = state === 'running' ? null : await unit.now();
  await unit.db
    .updateTable('job')
    .set({ done, state, endedAt, stoppedBecause: because })
    .where('id', '=', job.id)
    .execute();
  return { state, total: job.total, done };
}

/**
 * Ends a work that runs; what is done stays done. One that has ended stays as it is.
 * @throws Refusal `not-found`
 */
export async function cancelJob(unit: Unit, id: JobId): Promise<void> {
  const job = await lockJob(unit, id);
  if (!job) throw notFound('job');
  if (job.state === 'running') await noteProgress(unit, job, { done: job.done, state: 'cancelled' });
}
