import { heartbeat } from '@temporalio/activity';
import type { Platform } from '../database/unit.ts';
import { workJob } from '../database/steps/jobs/workJob.ts';
import type { JobId } from '../domain/ids.ts';
import type { JobPort } from '../workflows/ports.ts';

/** The pages of long works for their workflows. */
export const jobSteps = (platform: Platform): JobPort => ({
  workJob: ({ jobId }) => workJob(platform, jobId as JobId, () => heartbeat()),
});
