import { createRequire } from 'node:module';

type Query = (this: unknown, ...query: unknown[]) => unknown;

// The driver that the mapper uses, whichever copy of it that is.
const { Client } = createRequire(createRequire(import.meta.url).resolve('@mikro-orm/postgresql'))('pg') as {
  Client: { prototype: { query: Query } };
};

/** The texts of all SQL statements that this process sends while `work` runs, `begin` and `commit` included. */
export async function statementsOf<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly statements: string[] }> {
  const statements: string[] = [];
  const { query } = Client.prototype;
  Client.prototype.query = function counted(...asked) {
    const [what] = asked;
    statements.push(typeof what === 'string' ? what : String((what as { text?: unknown }).text));
    return query.apply(this, asked);
  };
  try {
    return { result: await work(), statements };
  } finally {
    Client.prototype.query = query;
  }
}
