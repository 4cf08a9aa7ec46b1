import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';

/** A statement that was asked so often is worth its preparation: the threshold of PostgreSQL's own Java driver. */
const worthPreparing = 5;
/** Each prepared statement costs every connection memory; what comes after so many is planned every time. */
const preparedAtMost = 400;
/** Texts counted at one time: those that are made up anew with each call are forgotten again. */
const countedAtMost = 5_000;

/**
 * Lets the connections of a pool prepare what is asked again and again: planning a read of a person's rights or of a
 * conversation costs more than carrying it out. Goes into the driver options as `onPoolCreated`.
 */
export function prepareFrequent(pool: Pool): void {
  pool.on('connect', (client) => {
    const driver = Object.getPrototypeOf(client) as { query: (...asked: unknown[]) => unknown };
    const query = (...asked: unknown[]): unknown => driver.query.apply(client, asked);
    const named = (...[what, values, ...rest]: unknown[]): unknown => {
      const name = typeof what === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(what) : null;
      return name ? query({ name, text: what, values }, ...rest) : query(what, values, ...rest);
    };
    client.query = named as PoolClient['query'];
  });
}

// Of the process: what one connection was asked often, the others are asked as well.
const names = new Map<string, string>();
const counts = new Map<string, number>();

/** @returns the name under which a connection keeps the statement; `null`: it is not worth it (yet) */
function nameOf(text: string): string | null {
  const known = names.get(text);
  if (known) return known;
  if (names.size >= preparedAtMost) return null;
  const count = (counts.get(text) ?? 0) + 1;
  if (count < worthPreparing || !hasFixedColumns(text)) {
    if (counts.size >= countedAtMost) counts.clear();
    counts.set(text, count);
    return null;
  }
  counts.delete(text);
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 20);
  names.set(text, name);
  return name;
}

/**
 * Whether the result has the same columns after a migration: a statement that answers with `*` would fail on its
 * connection once there is a column more.
 */
export function hasFixedColumns(text: string): boolean {
  let outer = text.replaceAll(/'(?:[^']|'')*'/g, '');
  for (let shorter = ''; shorter !== outer;) {
    shorter = outer;
    outer = outer.replaceAll(/\([^()]*\)/g, '');
  }
  return !/(?:^|[\s,.])\*(?:[\s,]|$)/.test(outer);
}
