import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { cloneRows } from '../cloning.ts';
import type { Database } from '../database.ts';
import { runLines } from '../load.ts';
import type { Block } from '../samples.ts';

const ROWS = 10_000;

/**
 * The floor of every step: lock a row, update it, insert one event, commit, by the plain driver. On copies of the two
 * tables with their indexes, so that nothing of it reaches the platform's own rows.
 */
export interface TransactionFloor {
  /** So many transactions by so many callers, each on a connection of its own and on rows that nobody else touches. */
  run(callers: number, count: number): Promise<Block>;
  close(): Promise<void>;
}

/** Makes the copies from a conversation that is there. */
export async function prepareTransactionFloor(database: Database): Promise<TransactionFloor> {
  await database.rows('create schema if not exists bench');
  await database.rows('create table if not exists bench.conversation (like public.conversation including all)');
  await database.rows('create table if not exists bench.event (like public.event including all)');
  await cloneRows(database, {
    table: 'conversation',
    into: 'bench.conversation',
    template: 'select * from public.conversation limit 1',
    from: `generate_series(1, ${ROWS}) as i`,
    columns: { id: 'gen_random_uuid()', contact_id: 'gen_random_uuid()' },
  });
  const rows = await database.rows<{ id: string }>('select id from bench.conversation');
  const ids = rows.map(({ id }) => id);
  await database.rows('vacuum analyze bench.conversation');
  const clients: pg.Client[] = [];
  let next = 0;
  return {
    async run(callers, count) {
      while (clients.length < callers) {
        const client = new pg.Client({ connectionString: database.url, application_name: 'rodizio-floor' });
        clients.push(client);
        await client.connect();
      }
      const line = (client: pg.Client): (() => Promise<void>)[] =>
        Array.from({ length: Math.ceil(count / callers) }, () => () => {
          const number = next++;
          return transaction(client, ids[number % ids.length]!, number);
        });
      return runLines(clients.slice(0, callers).map(line));
    },
    close: async () => void (await Promise.all(clients.map((client) => client.end()))),
  };
}

async function transaction(client: pg.Client, id: string, seq: number): Promise<void> {
  await client.query('begin');
  await client.query('select * from bench.conversation where id = $1 for update', [id]);
  await client.query(`update bench.conversation set state = 'assigned', version = version + 1 where id = $1`, [id]);
  await client.query(
    `insert into bench.event (type, at, conversation_id, seq, step_id, last, actor, data)
     values ('conversation.assigned', now(), $1, $2, $3, true, '{"kind":"system"}', '{"how":"accepted"}')`,
    [id, seq, randomUUID()],
  );
  await client.query('commit');
}
