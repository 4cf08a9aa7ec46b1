import { sql } from 'kysely';
import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { RowOutcome } from '../../database/entities/jobs.ts';
import type { Person } from '../../database/repositories/principals.ts';
import type { ImportColumn, WrongCell } from '../../domain/contact/importRow.ts';
import type { JobState } from '../../domain/conversation/standing.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import { notFound } from '../../domain/errors.ts';
import type { ContactId, JobId } from '../../domain/ids.ts';
import type { importRowSchema, importSchema } from './schema.ts';

interface ImportRow {
  readonly id: JobId;
  readonly state: JobState;
  readonly stopped_because: string | null;
  readonly columns: readonly ImportColumn[];
  readonly total: number;
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly imported: number;
  readonly updated: number;
  readonly refused: number;
}

/**
 * An import with its numbers, counted from its rows: for whoever sent the file, and for administrators.
 * @throws Refusal `not-found`, also for what is somebody else's
 */
export async function readImport(db: Db, id: JobId, reader: Person | null): Promise<ImportRow> {
  const { rows } = await sql<ImportRow>`
    select j.id, j.state, j.stopped_because, j.details -> 'columns' as columns, j.total, j.created_at, j.ended_at, n.*
      from job j cross join lateral (
        select count(*) filter (where r.outcome = 'imported')::int as imported,
               count(*) filter (where r.outcome = 'updated')::int as updated,
               count(*) filter (where r.outcome = 'refused')::int as refused
          from contact_import_row r where r.job_id = j.id) n
     where j.id = ${id} and j.details ->> 'kind' = 'contact-import' and j.state <> 'receiving'
       and ${reader === null || isAdministrator(reader) ? sql`true` : sql`j.created_by_id = ${reader.userId}`}`.execute(
    db,
  );
  const [row] = rows;
  if (!row) throw notFound('import');
  return row;
}

export const presentImport = (row: ImportRow): z.input<typeof importSchema> => ({
  id: row.id,
  state: row.state,
  stoppedBecause: row.stopped_because,
  columns: [...row.columns],
  total: row.total,
  imported: row.imported,
  updated: row.updated,
  refused: row.refused,
  pending: row.total - row.imported - row.updated - row.refused,
  createdAt: row.created_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  allowed: row.state === 'running' ? ['cancel'] : [],
});

/** For who just sent it. */
export const shownImport = async (db: Db, id: JobId) => presentImport(await readImport(db, id, null));

export interface ReportRow {
  readonly number: number;
  readonly outcome: RowOutcome;
  readonly contact_id: ContactId | null;
  readonly wrong: readonly WrongCell[] | null;
  readonly cells: readonly string[] | null;
}

/** The rows of an import in the order of the file. */
export async function reportRows(
  db: Db,
  id: JobId,
  {
    outcome,
    after,
    limit,
  }: { readonly outcome?: RowOutcome | undefined; readonly after: number; readonly limit: number },
): Promise<readonly ReportRow[]> {
  const { rows } = await sql<ReportRow>`
    select number, outcome, contact_id, wrong, cells from contact_import_row
     where job_id = ${id} and number > ${after} and ${outcome ? sql`outcome = ${outcome}` : sql`true`}
     order by number limit ${limit}`.execute(db);
  return rows;
}

export const presentReportRow = (row: ReportRow): z.input<typeof importRowSchema> => ({
  row: row.number,
  outcome: row.outcome,
  contactId: row.contact_id,
  wrong: row.wrong ? [...row.wrong] : [],
  cells: row.outcome === 'refused' && row.cells ? [...row.cells] : null,
});
