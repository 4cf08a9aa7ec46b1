import type { Answer } from './route.ts';

/** What a cell may hold; `null` is an empty one. */
export type Cell = string | number | boolean | null;

/**
 * A cell of a spreadsheet. A text that a spreadsheet would take for a formula – it begins with `=`, `+`, `-`, `@`, a tab
 * or a line break – gets an apostrophe before it: such texts come from strangers. Numbers of ours stay numbers.
 */
function cell(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/u.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(harmless) || harmless.trim() !== harmless ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Rows as CSV (RFC 4180: commas, CRLF), in UTF-8 with a byte order mark, without which Excel takes accents for
 * something else. The columns are those of `columns`, in their order.
 */
export function csvText<T extends string>(columns: readonly T[], rows: readonly Readonly<Record<T, Cell>>[]): string {
  const lines = [columns.map(cell), ...rows.map((row) => columns.map((column) => cell(row[column])))];
  return `\uFEFF${lines.map((line) => `${line.join(',')}\r\n`).join('')}`;
}

/** The answer that a browser saves under this name. */
export const csvAnswer = (name: string, text: string): Answer => ({
  status: 200,
  body: text,
  headers: {
    'content-type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${name}.csv"`,
    Vary: 'Accept',
  },
});
