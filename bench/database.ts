import pg from 'pg';

/** Plain connections to one database, for preparing and for looking afterwards; numbers come as numbers. */
export interface Database {
  readonly url: string;
  rows<T>(query: string, values?: readonly unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

const { Pool, types } = pg;
const asNumber = new Set<number>([types.builtins.INT8, types.builtins.NUMERIC]);

export function connectDatabase(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    max: 4,
    application_name: 'rodizio-bench',
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        asNumber.has(oid) ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  });
  // A connection that ends while it is idle is replaced with the next query.
  pool.on('error', () => {});
  return {
    url,
    rows: async <T>(query: string, values: readonly unknown[] = []) =>
      (await pool.query(query, [...values])).rows as T[],
    close: () => pool.end(),
  };
}
