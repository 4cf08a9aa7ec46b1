import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { TEMPORAL_SERVER_VERSION } from '../tools/productionLike/temporalBinaries.ts';

/** On what a run was made; a figure means nothing without it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly postgresql: string;
  readonly temporal: string;
  /** Of the last minute when the run began: above 0.5 somebody else was at work as well. */
  readonly loadAtStart: number;
}

export const describeMachine = (postgresql: string): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()} ${arch()}`,
  node: process.version,
  postgresql,
  temporal: TEMPORAL_SERVER_VERSION,
  loadAtStart: Number((loadavg()[0] ?? 0).toFixed(2)),
});
