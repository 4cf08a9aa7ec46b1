import { z } from 'zod';
import { dbOf } from '../../database/db.ts';
import { cancelJob } from '../../database/steps/jobs/jobs.ts';
import { namespaceOf, phoneNamespace } from '../../domain/contact/identity.ts';
import { noSuch } from '../../domain/errors.ts';
import { jobId } from '../../domain/ids.ts';
import { csvAnswer, csvText } from '../csv.ts';
import { read, type Route, upload, write } from '../route.ts';
import { byId, page, placeOfCursor } from '../schemas.ts';
import { mostBytes, mostRows } from './parse.ts';
import { receiveImport } from './receive.ts';
import { presentImport, presentReportRow, readImport, reportRows } from './rows.ts';
import { importRowPageSchema, importRowQuery, importSchema, uploadQuery } from './schema.ts';

const tag = 'Contacts';
const params = byId(jobId);
const place = z.tuple([z.int()]);

/** Contacts from a file: sent as CSV, worked through row by row, with a report of each. */
export const importRoutes: readonly Route[] = [
  upload({
    method: 'post',
    path: '/v1/contact-imports',
    operationId: 'importContacts',
    summary: 'Send a file of contacts; it is worked through afterwards',
    tag,
    caller: 'person',
    can: ['import', 'Contact'],
    query: uploadQuery,
    takesType: 'text/csv',
    mostBytes,
    answers: { 202: importSchema },
    async handle({ deps, query, person }, body, finish) {
      const db = dbOf(deps.platform.orm.em.fork());
      const channel = query.channelId
        ? await db.selectFrom('channel').select(['id', 'kind']).where('id', '=', query.channelId).executeTakeFirst()
        : null;
      if (channel === undefined || (channel && person.hiddenChannels.includes(channel.id)))
        throw noSuch('channel', 'query.channelId');
      const namespace = channel ? namespaceOf(channel) : phoneNamespace;
      return receiveImport(deps, { namespace, createdById: person.userId, body }, finish);
    },
  }),
  read({
    method: 'get',
    path: '/v1/contact-imports/{id}',
    operationId: 'getContactImport',
    summary: 'How far an import is: for whoever sent the file, and administrators',
    tag,
    caller: 'person',
    can: ['import', 'Contact'],
    params,
    answers: { 200: importSchema },
    handle: async (db, { params: { id }, person }) => ({
      status: 200,
      body: presentImport(await readImport(db, id, person)),
    }),
  }),
  read({
    method: 'get',
    path: '/v1/contact-imports/{id}/rows',
    operationId: 'listContactImportRows',
    summary: 'What became of each row, and what would be right in those that were refused',
    tag,
    caller: 'person',
    can: ['import', 'Contact'],
    params,
    query: importRowQuery,
    answers: { 200: importRowPageSchema },
    alsoAsCsv: true,
    async handle(db, { params: { id }, query: { limit, cursor, outcome, format }, person, wantsCsv }) {
      const { columns } = await readImport(db, id, person);
      if (format === 'csv' || (format === undefined && wantsCsv)) {
        const rows = await reportRows(db, id, { outcome, after: 0, limit: mostRows });
        const names = ['row', 'outcome', 'contactId', 'wrong', ...columns];
        const lines = rows.map((row) => ({
          row: row.number,
          outcome: row.outcome,
          contactId: row.contact_id,
          wrong: row.wrong?.map(({ column, reason }) => (column ? `${column}: ${reason}` : reason)).join(' · ') ?? null,
          ...Object.fromEntries(columns.map((column, index) => [column, row.cells?.[index] ?? null])),
        }));
        return csvAnswer(`rodizio-import-${id}`, csvText<string>(names, lines));
      }
      const after = cursor === undefined ? 0 : placeOfCursor(cursor, place)[0];
      const rows = await reportRows(db, id, { outcome, after, limit: limit + 1 });
      const body = page(rows, limit, presentReportRow, (row) => [row.number]);
      return { status: 200, body, headers: { Vary: 'Accept' } };
    },
  }),
  write({
    method: 'post',
    path: '/v1/contact-imports/{id}/cancel',
    operationId: 'cancelContactImport',
    summary: 'Stop an import; what is imported stays',
    tag,
    caller: 'person',
    can: ['import', 'Contact'],
    params,
    answers: { 200: importSchema },
    async handle(unit, { params: { id }, person }) {
      await readImport(unit.db, id, person);
      await cancelJob(unit, id);
      return { status: 200, body: presentImport(await readImport(unit.db, id, person)) };
    },
  }),
];
