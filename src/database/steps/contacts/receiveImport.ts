import { sql } from 'kysely';
import type { ImportColumn, WrongCell } from '../../../domain/contact/importRow.ts';
import { Refusal } from '../../../domain/errors.ts';
import type { JobId, UserId } from '../../../domain/ids.ts';
import type { Db } from '../../db.ts';
import type { Unit } from '../../unit.ts';
import { lockJob, writeJob } from '../jobs/jobs.ts';

/** A row as it came in; one that cannot even be stored is refused on the spot. */
export interface ReceivedRow {
  readonly number: number;
  readonly cells: readonly string[];
  readonly identity: string | null;
  readonly wrong: readonly WrongCell[] | null;
}

/** Begins to receive a file. Nothing of it is worked on before `startImport`; one that is left alone is deleted. */
export const beginImport = (
  unit: Unit,
  file: {
    readonly id: JobId;
    readonly namespace: string;
    readonly columns: readonly ImportColumn[];
    readonly createdById: UserId;
  },
): Promise<void> =>
  writeJob(unit, {
    id: file.id,
    state: 'receiving',
    details: { kind: 'contact-import', namespace: file.namespace, columns: file.columns },
    total: 0,
    createdById: file.createdById,
  });

/** Stores some rows of a file. */
export async function storeRows(db: Db, id: JobId, rows: readonly ReceivedRow[]): Promise<void> {
  await sql`
    insert into contact_import_row (job_id, number, cells, identity, outcome, wrong)
    select ${id}, v.number, v.cells, v.identity, case when v.wrong is null then 'pending' else 'refused' end, v.wrong
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as v (number int, cells jsonb, identity text, wrong jsonb)`.execute(
    db,
  );
}

/** The file is all there: its workflow begins after the commit. */
export async function startImport(unit: Unit, id: JobId): Promise<void> {
  const job = await lockJob(unit, id);
  if (job?.state !== 'receiving') throw new Refusal('unavailable', 'The file was let go meanwhile; send it again.');
  await sql`
    update job set state = 'running', created_at = ${await unit.now()},
           total = (select count(*) from contact_import_row r where r.job_id = ${id}),
           done = (select count(*) from contact_import_row r where r.job_id = ${id} and r.outcome <> 'pending')
     where id = ${id}`.execute(unit.db);
  unit.wake({ workflow: 'job', targetId: id, signal: 'jobWritten' });
}

/** Forgets a file that did not come to its end. */
export const dropImport = (db: Db, id: JobId): Promise<unknown> =>
  db.deleteFrom('job').where('id', '=', id).where('state', '=', 'receiving').execute();
