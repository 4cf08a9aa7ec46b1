// The floor of every route, as a process: Express, the look-up of a session, and one bare indexed select. Nothing else.
import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import pg from 'pg';

const pool = new pg.Pool({
  connectionString: process.env['DATABASE_URL'],
  max: 20,
  application_name: 'rodizio-floor',
});
const app = express();
app.disable('x-powered-by');
app.disable('etag');

/** Answers whoever has a session with the rows of one statement. */
const answer =
  (query: string, shown: (rows: unknown[]) => unknown) =>
  (request: Request, response: Response, next: NextFunction): void => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const hash = createHash('sha256').update(token).digest('hex');
    pool
      .query('select user_id from session where token_hash = $1 and expires_at > now()', [hash])
      .then(async ({ rowCount }) => {
        if (rowCount === 0) response.sendStatus(401);
        else response.json(shown((await pool.query<object>(query, [request.params['id']])).rows));
      })
      .catch(next);
  };

app.get(
  '/item/:id',
  answer('select * from conversation where id = $1', (rows) => rows[0]),
);
app.get(
  '/list/:id',
  answer(
    "select * from conversation where sector_id = $1 and state = 'waiting' order by priority, waiting_since, id limit 30",
    (rows) => rows,
  ),
);

const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
// Whoever started us is gone.
process.on('disconnect', () => process.exit(0));
