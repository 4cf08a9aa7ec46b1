import type { z } from 'zod';
import { databaseHealth } from '../../database/health.ts';
import type { Db } from '../../database/db.ts';
import type { ApiDeps } from '../deps.ts';
import type { readySchema } from './schema.ts';

/** How each part stands at this moment. */
export type Readiness = z.output<typeof readySchema>;

/** Asks each part, with a deadline; never rejects. */
export async function readinessOf(db: Db, deps: Pick<ApiDeps, 'temporalReady' | 'isStopping'>): Promise<Readiness> {
  const [database, temporal] = await Promise.all([databaseHealth(db), deps.temporalReady()]);
  return {
    process: deps.isStopping() ? 'stopping' : 'up',
    database: database.isUp ? 'up' : 'down',
    schema: database.schema,
    temporal: temporal ? 'up' : 'down',
  };
}

/** People can be sent here: what they ask for is answered, whether Temporal is there or not. */
export const serves = ({ process, database, schema }: Readiness): boolean =>
  process === 'up' && database === 'up' && schema !== 'behind';

/** Everything works: people are served, and what time brings goes on. */
export const isReady = (readiness: Readiness): boolean => serves(readiness) && readiness.temporal === 'up';

/** Each part as it is needed, for the metrics. */
export const partsOf = (readiness: Readiness): Readonly<Record<string, boolean>> => ({
  process: readiness.process === 'up',
  database: readiness.database === 'up',
  schema: readiness.schema === 'current' || readiness.schema === 'ahead',
  temporal: readiness.temporal === 'up',
});
