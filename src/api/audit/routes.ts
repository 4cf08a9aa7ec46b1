import { z } from 'zod';
import { read, type Route } from '../route.ts';
import { page, placeOfCursor } from '../schemas.ts';
import { presentEntry } from './presenter.ts';
import { idsOf, listAudit, namesOf } from './rows.ts';
import { auditListQuery, auditPageSchema } from './schema.ts';

const place = z.tuple([z.iso.datetime(), z.int()]);

/** Read only: the audit is written by the tables themselves, and nothing changes it. */
export const auditRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/audit',
    operationId: 'listAudit',
    summary: 'Who changed which setting or right, when, from what to what; the newest first',
    tag: 'Audit',
    caller: 'person',
    can: ['read', 'Audit'],
    query: auditListQuery,
    answers: { 200: auditPageSchema },
    async handle(db, { query: { limit, cursor, ...filters } }) {
      const from = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await listAudit(db, filters, { limit, before: from && { at: from[0], id: from[1] } });
      const names = await namesOf(db, rows.slice(0, limit).flatMap(idsOf));
      return { status: 200, body: page(rows, limit, presentEntry(names), (row) => [row.at.toISOString(), row.id]) };
    },
  }),
];
