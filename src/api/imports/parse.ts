import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { Refusal } from '../../domain/errors.ts';

/** The most that a file may be. */
export const mostBytes = 20 * 1_024 * 1_024;
export const mostRows = 50_000;
const longestRow = 100_000;

/** A row of a file, numbered as a spreadsheet does: the names of the columns are row 1. */
export interface ParsedRow {
  readonly number: number;
  readonly cells: readonly string[];
}

/**
 * Reads rows of CSV as they come in: separated by commas or semicolons, whichever the first line has more of, in UTF-8,
 * with or without a byte order mark. Empty rows are left out. What was read goes into `hash`.
 * @throws Refusal `payload-too-large`; `invalid-request` for what is no CSV, with the line
 */
export async function* parsedRows(body: IncomingMessage, hash: Hash): AsyncGenerator<ParsedRow> {
  const { chunks, delimiter } = await withDelimiter(measured(body, hash));
  const parser = parse({ bom: true, delimiter, relax_column_count: true, max_record_size: longestRow });
  const source = Readable.from(chunks);
  // An error of the source ends the parser, so that whoever reads it hears of it.
  source.once('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let number = 0;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      number++;
      if (number > mostRows + 1)
        throw new Refusal('payload-too-large', `A file may have at most ${mostRows} rows.`, { limitRows: mostRows });
      if (cells.some((cell) => cell.trim() !== '')) yield { number, cells };
    }
  } catch (error) {
    throw error instanceof CsvError ? noCsv(error) : error;
  } finally {
    source.destroy();
    parser.destroy();
  }
}

const noCsv = (error: CsvError): Refusal => {
  const line = typeof error['lines'] === 'number' ? `line ${error['lines']}: ` : '';
  const reason =
    error.code === 'CSV_MAX_RECORD_SIZE'
      ? `a row is longer than ${longestRow} characters, or a quotation mark before it is not closed`
      : 'a quotation mark is not closed, or stands within a cell; within a cell it is written twice';
  return new Refusal('invalid-request', 'The file is no CSV.', { errors: [{ path: 'body', reason: line + reason }] });
};

async function* measured(body: IncomingMessage, hash: Hash): AsyncGenerator<Buffer> {
  let bytes = 0;
  // Left open when too much comes: the answer goes out on the same connection.
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes)
      throw new Refusal('payload-too-large', `A file may have at most ${mostBytes / 1_024 / 1_024} MiB.`, {
        limitBytes: mostBytes,
      });
    hash.update(chunk);
    yield chunk;
  }
}

/** Looks at the first line, and gives everything again. */
async function withDelimiter(
  chunks: AsyncGenerator<Buffer>,
): Promise<{ readonly chunks: AsyncIterable<Buffer>; readonly delimiter: string }> {
  let head = Buffer.alloc(0);
  while (!head.includes('\n') && head.length < longestRow) {
    const next = await chunks.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const line = head.toString('utf8').split(/\r?\n/, 1)[0] ?? '';
  const count = (mark: string): number => line.split(mark).length;
  async function* again(): AsyncGenerator<Buffer> {
    yield head;
    yield* chunks;
  }
  return { chunks: again(), delimiter: count(';') > count(',') ? ';' : ',' };
}

export const newHash = (): Hash => createHash('sha256');
