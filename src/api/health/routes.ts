import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { notFound } from '../../domain/errors.ts';
import { read, type Route } from '../route.ts';
import { metricsContentType, metricsText } from './metrics.ts';
import { liveSchema, readySchema } from './schema.ts';

const tag = 'Operation';
const databaseDeadlineMs = 1_000;

async function databaseAnswers(db: Db): Promise<boolean> {
  const deadline = new AbortController();
  try {
    const answered = sql`select 1`.execute(db).then(() => true);
    const late = sleep(databaseDeadlineMs, false, { signal: deadline.signal, ref: false }).catch(() => false);
    return await Promise.race([answered, late]);
  } catch {
    return false;
  } finally {
    deadline.abort();
  }
}

const partOf = (isUp: boolean) => (isUp ? 'up' : 'down');

export const healthRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/health/live',
    operationId: 'getLive',
    summary: 'The process answers',
    tag,
    caller: 'anybody',
    answers: { 200: liveSchema },
    handle: () => Promise.resolve({ status: 200, body: { status: 'up' } }),
  }),
  read({
    method: 'get',
    path: '/health/ready',
    operationId: 'getReady',
    summary: 'The database and Temporal answer',
    tag,
    caller: 'anybody',
    answers: { 200: readySchema, 503: readySchema },
    handle: async (db, { deps }) => {
      const [database, temporal] = await Promise.all([databaseAnswers(db), deps.temporalReady()]);
      return {
        status: database && temporal ? 200 : 503,
        body: { database: partOf(database), temporal: partOf(temporal) },
      };
    },
  }),
  read({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    summary: 'Figures for Prometheus; for this machine alone, unless configured otherwise',
    tag,
    caller: 'anybody',
    answers: { 200: z.string() },
    mediaType: 'text/plain',
    handle: async (db, { deps, fromHere }) => {
      if (!deps.metricsPublic && !fromHere) throw notFound('page');
      return { status: 200, body: await metricsText(db), headers: { 'content-type': metricsContentType } };
    },
  }),
];
