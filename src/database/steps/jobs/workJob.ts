import type { JobStanding } from '../../../domain/conversation/standing.ts';
import type { JobId } from '../../../domain/ids.ts';
import { attribute } from '../../attribution.ts';
import { transact } from '../../transact.ts';
import type { Platform, Unit } from '../../unit.ts';
import { importPage } from '../contacts/importPage.ts';
import { movePage } from '../contacts/movePage.ts';
import { lockJob } from './jobs.ts';

/** How long a call goes on before it reports: the workflow shows how far it is, and another worker may take over. */
const workMs = 5_000;

/**
 * Works through pages of a job for some seconds, each page in one transaction: what is done is done, whoever dies.
 * Two at once work on one page after the other, never on the same.
 */
export async function workJob(platform: Platform, id: JobId, beat: () => void): Promise<JobStanding> {
  const begun = performance.now();
  for (;;) {
    beat();
    const standing = await transact(platform, (unit) => page(unit, id));
    platform.crash('before-completion');
    if (standing.state !== 'running' || performance.now() - begun > workMs) return standing;
  }
}

async function page(unit: Unit, id: JobId): Promise<JobStanding> {
  const job = await lockJob(unit, id);
  if (!job) return { state: 'gone', total: 0, done: 0 };
  const { state, total, done } = job;
  if (state !== 'running') return { state, total, done };
  await attribute(unit, job.createdById);
  return job.details.kind === 'contact-import' ? importPage(unit, job, job.details) : movePage(unit, job, job.details);
}
