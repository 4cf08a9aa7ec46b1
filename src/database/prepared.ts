import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';

const mark = '/* prepared */';

/**
 * Stands at the beginning of a statement that is planned once for each connection instead of every time: planning a
 * read of a person's rights or of a conversation costs more than carrying it out. For statements of a fixed text that
 * name their columns: one that selects `*` would fail on its connection after a migration has added one.
 */
export const prepared = sql.raw(`${mark} `);

/** Lets the connections of a pool prepare the statements that are marked so. Goes into the driver options as `onPoolCreated`. */
export function prepareMarked(pool: Pool): void {
  pool.on('connect', (client) => {
    const driver = Object.getPrototypeOf(client) as { query: (...asked: unknown[]) => unknown };
    const query = (...asked: unknown[]): unknown => driver.query.apply(client, asked);
    const marked = (...[what, values, ...rest]: unknown[]): unknown =>
      typeof what === 'string' && what.trimStart().startsWith(mark)
        ? query({ name: nameOf(what), text: what, values }, ...rest)
        : query(what, values, ...rest);
    client.query = marked as PoolClient['query'];
  });
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const known = names.get(text);
  if (known) return known;
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
  names.set(text, name);
  return name;
}
