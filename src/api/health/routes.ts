import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { notFound } from '../../domain/errors.ts';
import type { ApiDeps } from '../deps.ts';
import { type Answer, read, type Route } from '../route.ts';
import { isReady, type Readiness, readinessOf, serves } from './readiness.ts';
import { liveSchema, readySchema } from './schema.ts';

const tag = 'Operation';

/** What Prometheus takes; its text format has had this version ever since. */
const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

const answerOf =
  (isWell: (readiness: Readiness) => boolean) =>
  async (db: Db, { deps }: { readonly deps: ApiDeps }): Promise<Answer> => {
    const readiness = await readinessOf(db, deps);
    return { status: isWell(readiness) ? 200 : 503, body: readiness };
  };

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
    summary: 'Everything works: the database and Temporal answer, the schema fits, the process is not about to stop',
    tag,
    caller: 'anybody',
    answers: { 200: readySchema, 503: readySchema },
    handle: answerOf(isReady),
  }),
  read({
    method: 'get',
    path: '/health/serving',
    operationId: 'getServing',
    summary: 'For load balancers: people can be sent here. The same answer, whether Temporal is there or not',
    tag,
    caller: 'anybody',
    answers: { 200: readySchema, 503: readySchema },
    handle: answerOf(serves),
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
    handle: async (_db, { deps, fromHere }) => {
      if (!deps.metricsPublic && !fromHere) throw notFound('page');
      return { status: 200, body: await deps.metricsText(), headers: { 'content-type': metricsContentType } };
    },
  }),
];
