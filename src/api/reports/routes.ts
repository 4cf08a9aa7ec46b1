import { sql } from 'kysely';
import { type Db, dbOf } from '../../database/db.ts';
import { presentTime } from '../../database/clock.ts';
import { csvAnswer, csvText } from '../csv.ts';
import { read, type Route } from '../route.ts';
import { countActivity } from './activity.ts';
import { activityColumns, flatRow, presentRow } from './presenter.ts';
import { activityQuery, activitySchema } from './schema.ts';

/** Longer than a step may take: a report of a quarter reads some hundred thousand events. */
const timeoutMs = 20_000;

/** Reports: what happened, counted by the database. */
export const reportRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/reports/activity',
    operationId: 'reportActivity',
    summary: 'Volumes, waits, accepts, declines, misses, transfers and closes by day, sector and agent',
    tag: 'Reports',
    caller: 'person',
    can: ['read', 'Report'],
    query: activityQuery,
    answers: { 200: activitySchema },
    alsoAsCsv: true,
    async handle(_db, { deps, query, person, wantsCsv }) {
      const { timeZone, asOf, rows } = await deps.platform.orm.em.fork().transactional(async (em) => {
        const db = dbOf(em);
        await sql`select set_config('statement_timeout', ${String(timeoutMs)}, true)`.execute(db);
        const timeZone = await organizationZone(db);
        const asOf = await presentTime(db, deps.platform.clock);
        return { timeZone, asOf, rows: await countActivity(db, query, person, timeZone) };
      });
      const { from, to } = query;
      if (query.format === 'csv' || (query.format === undefined && wantsCsv))
        return csvAnswer(`rodizio-activity-${from}-${to}`, csvText(activityColumns, rows.map(flatRow)));
      const body = { from, to, timeZone, asOf: asOf.toISOString(), waits: 'wall-clock', rows: rows.map(presentRow) };
      return { status: 200, body, headers: { Vary: 'Accept' } };
    },
  }),
];

const organizationZone = async (db: Db): Promise<string> =>
  (await db.selectFrom('organization').select('timeZone').executeTakeFirstOrThrow()).timeZone;
