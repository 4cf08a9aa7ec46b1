import { z } from 'zod';
import { type Mistake, Refusal } from '../errors.ts';
import type { FieldDefinition } from './customFields.ts';

/** What a column of a file of contacts may hold, beside custom fields (`field:<key>`). */
const plainColumns = ['externalId', 'name', 'email', 'origin', 'tags'] as const;
type PlainColumn = (typeof plainColumns)[number];
export type ImportColumn = PlainColumn | `field:${string}`;

/** As spreadsheets of Brazilian companies call them. */
const otherNames: Readonly<Record<string, PlainColumn>> = {
  telefone: 'externalId',
  phone: 'externalId',
  nome: 'name',
  'e-mail': 'email',
  origem: 'origin',
  etiquetas: 'tags',
};

const mostColumns = 60;

/** What is wrong with a cell, and what would be right; `column` is empty where it is the row as a whole. */
export interface WrongCell {
  readonly column: string;
  readonly reason: string;
}

/** What a row says of a contact; what it does not say stays as it is. */
export interface ImportedContact {
  readonly name: string | null;
  readonly email: string | null;
  readonly origin: string | null;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * The columns that a first row names, in any case of letters.
 * @throws Refusal `invalid-request` with every unknown, doubled or missing column
 */
export function importColumns(header: readonly string[], fields: readonly FieldDefinition[]): ImportColumn[] {
  const mistakes: Mistake[] = [];
  const wrong = (reason: string): void => void mistakes.push({ path: 'body', reason });
  const columns = header.map((text): ImportColumn => {
    const name = text.trim();
    const plain =
      plainColumns.find((one) => one.toLowerCase() === name.toLowerCase()) ?? otherNames[name.toLowerCase()];
    if (plain) return plain;
    const key = /^field:(.+)$/i.exec(name)?.[1];
    const usable = fields.filter(({ archived }) => !archived).map((field) => `field:${field.key}`);
    if (key !== undefined && (fields.length === 0 || usable.includes(`field:${key}`))) return `field:${key}`;
    wrong(`unknown column "${name}"; the columns are: ${[...plainColumns, ...usable].join(', ')}`);
    return 'name';
  });
  if (mistakes.length === 0) {
    if (!columns.includes('externalId')) wrong('there is no column "externalId", which tells contacts from each other');
    if (new Set(columns).size < columns.length) wrong('a column stands there twice');
    if (columns.length > mostColumns) wrong(`at most ${mostColumns} columns`);
  }
  if (mistakes.length > 0)
    throw new Refusal('invalid-request', 'The first row must name the columns.', { errors: mistakes });
  return columns;
}

/** A text that a spreadsheet was kept from taking for a formula loses its apostrophe again. */
export const cellText = (cell: string): string => cell.trim().replace(/^'(?=[=+\-@])/, '');

const most = (limit: number) => z.string().max(limit, `must have at most ${limit} characters`);
const checks: Readonly<Partial<Record<PlainColumn, z.ZodType>>> = {
  externalId: most(200),
  name: most(200),
  email: z.email('must be an e-mail address, such as maria@example.com').max(254, 'must have at most 254 characters'),
  origin: most(120),
};
const tagList = z
  .array(z.string().max(64, 'a tag must have at most 64 characters'))
  .max(50, 'at most 50 tags, separated by semicolons');
const fieldText = most(500);

/** Reads a row. @returns what it says, or everything that is wrong with it; the identity is judged elsewhere */
export function readImportRow(
  columns: readonly ImportColumn[],
  cells: readonly string[],
): { readonly contact: ImportedContact } | { readonly wrong: readonly WrongCell[] } {
  if (cells.length !== columns.length)
    return { wrong: [{ column: '', reason: `the row has ${cells.length} cells, it must have ${columns.length}` }] };
  const wrong: WrongCell[] = [];
  const judge = (column: string, schema: z.ZodType | undefined, value: unknown): void => {
    const parsed = schema?.safeParse(value);
    const reason = parsed?.error?.issues[0]?.message;
    if (reason) wrong.push({ column, reason });
  };
  const texts = new Map(columns.map((column, index) => [column, cellText(cells[index] ?? '')]));
  const tags = (texts.get('tags') ?? '')
    .split(/[;|]/)
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  const fields: Record<string, string> = {};
  for (const [column, text] of texts) {
    if (text === '') continue;
    const key = /^field:(.+)$/.exec(column)?.[1];
    if (key !== undefined) fields[key] = text;
    judge(column, key === undefined ? checks[column as PlainColumn] : fieldText, text);
  }
  judge('tags', tagList, tags);
  if (wrong.length > 0) return { wrong };
  const text = (column: PlainColumn): string | null => texts.get(column) || null;
  return {
    contact: { name: text('name'), email: text('email'), origin: text('origin'), tags: [...new Set(tags)], fields },
  };
}
