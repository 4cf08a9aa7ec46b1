import type { Database } from './database.ts';

/**
 * The `insert … select` that copies one row of a table many times: all columns as they are in `template` (alias `t`),
 * but for those that are named here, whose SQL may use the other sources of `from`. So a new column needs no change.
 */
export async function cloneRows(
  database: Database,
  of: {
    readonly table: string;
    readonly into?: string;
    readonly template: string;
    readonly from: string;
    readonly columns: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const found = await database.rows<{ name: string }>(
    `select column_name as name from information_schema.columns
      where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
    [of.table],
  );
  const names = found.map(({ name }) => name);
  const unknown = Object.keys(of.columns).filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`The table ${of.table} has no column ${unknown.join(', ')}.`);
  await database.rows(
    `insert into ${of.into ?? of.table} (${names.map((name) => `"${name}"`).join(', ')})
     select ${names.map((name) => of.columns[name] ?? `t."${name}"`).join(', ')} from (${of.template}) t, ${of.from}`,
  );
}
