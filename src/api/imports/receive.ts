import type { IncomingMessage } from 'node:http';
import { dbOf } from '../../database/db.ts';
import {
  beginImport,
  dropImport,
  type ReceivedRow,
  startImport,
  storeRows,
} from '../../database/steps/contacts/receiveImport.ts';
import { fieldsOf } from '../../database/steps/settings/customFields.ts';
import { transact } from '../../database/transact.ts';
import { phoneNamespace, phoneNumber } from '../../domain/contact/identity.ts';
import { cellText, importColumns, type ImportColumn } from '../../domain/contact/importRow.ts';
import { Refusal } from '../../domain/errors.ts';
import { type JobId, newId, type UserId } from '../../domain/ids.ts';
import type { ApiDeps } from '../deps.ts';
import type { Finish } from '../route.ts';
import { newHash, type ParsedRow, parsedRows } from './parse.ts';
import { shownImport } from './rows.ts';

const rowsAtOnce = 1_000;

/**
 * Receives a file of contacts as it comes in, a thousand rows at a time, and starts its work once it is all there: a
 * file that breaks off leaves nothing.
 */
export async function receiveImport(
  { platform }: Pick<ApiDeps, 'platform'>,
  file: { readonly namespace: string; readonly createdById: UserId; readonly body: IncomingMessage },
  finish: Finish<'person'>,
) {
  const db = dbOf(platform.orm.em.fork());
  const id = newId<JobId>();
  const hash = newHash();
  const rows = parsedRows(file.body, hash);
  try {
    const header = await rows.next();
    if (header.done) throw empty();
    const columns = importColumns(header.value.cells, await fieldsOf(db, 'contact'));
    await transact(platform, (unit) => beginImport(unit, { id, columns, ...file }));
    let stored = 0;
    let batch: ReceivedRow[] = [];
    for await (const row of rows) {
      batch.push(receivedRow(row, columns, file.namespace));
      if (batch.length < rowsAtOnce) continue;
      await storeRows(db, id, batch);
      stored += batch.length;
      batch = [];
    }
    if (batch.length > 0) await storeRows(db, id, batch);
    if (stored + batch.length === 0) throw empty();
    const answer = await finish(hash.digest('hex'), async (unit) => {
      await startImport(unit, id);
      return { status: 202, body: await shownImport(unit.db, id) };
    });
    // Of a repeat the first answer is given again, and this copy is not needed.
    if ((answer.body as { readonly id?: unknown } | undefined)?.id !== id) await dropImport(db, id);
    return answer;
  } catch (error) {
    await dropImport(db, id);
    throw error;
  }
}

const empty = (): Refusal =>
  new Refusal('invalid-request', 'The file holds no contacts.', {
    errors: [{ path: 'body', reason: 'must have a row with the names of the columns, and at least one row below it' }],
  });

/** PostgreSQL stores no NUL, and what was no UTF-8 can no longer be read: such a row is refused, the rest of it shown. */
function receivedRow({ number, cells }: ParsedRow, columns: readonly ImportColumn[], namespace: string): ReceivedRow {
  const broken = columns.filter(
    (_, index) => /[\0\uFFFD]/.test(cells[index] ?? '') || !(cells[index] ?? '').isWellFormed(),
  );
  const text = cellText(cells[columns.indexOf('externalId')] ?? '');
  const identity = namespace === phoneNamespace ? phoneNumber(text) : text.slice(0, 201) || null;
  return {
    number,
    cells: cells.map((cell) => cell.replaceAll('\0', '').toWellFormed()),
    identity: broken.length > 0 || (identity?.length ?? 0) > 200 ? null : identity,
    wrong:
      broken.length === 0
        ? null
        : broken.map((column) => ({ column, reason: 'must be text in UTF-8: save the file as "CSV UTF-8"' })),
  };
}
