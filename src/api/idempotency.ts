import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { Refusal } from '../domain/errors.ts';
import { transact } from '../database/transact.ts';
import type { Platform, Unit } from '../database/unit.ts';
import { isFinal, problemOf } from './problems.ts';
import type { Answer, Each } from './route.ts';

export interface IdempotentRequest {
  /** Whose key it is: the same key of another principal is another key. */
  readonly principal: string;
  readonly key: string;
  /** What was asked: method, path and body. */
  readonly request: unknown;
}

/**
 * Passwords are left out: whoever reads the table could otherwise guess them at the speed of this hash. (So a repeat
 * with another password counts as the same request, and changes nothing.)
 */
const withoutSecrets = (name: string, value: unknown): unknown => (/password$/i.test(name) ? undefined : value);

const hashOf = (request: unknown): string =>
  createHash('sha256').update(JSON.stringify(request, withoutSecrets)).digest('hex');

/**
 * Carries out `work` at most once for a key: the first final answer, refusals included, is kept in the command's own
 * transaction and given again to every repeat. Two at the same moment: the second waits for the first.
 * @throws Refusal `idempotency-key-reused` when the key came with another request before.
 */
export async function answerOnce(unit: Unit, asked: IdempotentRequest, work: () => Promise<Answer>): Promise<Answer> {
  const requestHash = hashOf(asked.request);
  if (!(await claim(unit, asked, requestHash))) return earlierAnswer(unit, asked, requestHash);
  const answer = await refusalAsAnswer(unit, work);
  await unit.db
    .updateTable('idempotent_answer')
    .set({ status: answer.status, body: answer.keptBody ?? answer.body ?? null, headers: { ...answer.headers } })
    .where('principal', '=', asked.principal)
    .where('key', '=', asked.key)
    .execute();
  return answer;
}

/**
 * The same for a request of many items: the key is held for this request, and each item has a record of its own, so
 * that a repeat after a crash does what is still undone.
 * @throws Refusal `idempotency-key-reused` when the key came with another request before.
 */
export async function eachOf(platform: Platform, asked: IdempotentRequest | null): Promise<Each> {
  if (!asked) return (_item, work) => transact(platform, (unit) => refusalAsAnswer(unit, () => work(unit)));
  await transact(platform, async (unit) => {
    const requestHash = hashOf(asked.request);
    if (!(await claim(unit, asked, requestHash))) await earlierAnswer(unit, asked, requestHash);
  });
  return (item, work) =>
    transact(platform, (unit) => answerOnce(unit, { ...asked, key: `${asked.key} ${item}` }, () => work(unit)));
}

/** @returns whether the key is new; waits for a transaction that is just using it. */
async function claim(unit: Unit, asked: IdempotentRequest, requestHash: string): Promise<boolean> {
  const claimed = await unit.db
    .insertInto('idempotent_answer')
    .values({
      principal: asked.principal,
      key: asked.key,
      requestHash,
      status: null,
      body: null,
      headers: null,
      createdAt: sql<Date>`clock_timestamp()`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  return claimed !== undefined;
}

async function earlierAnswer(unit: Unit, asked: IdempotentRequest, requestHash: string): Promise<Answer> {
  const earlier = await unit.db
    .selectFrom('idempotent_answer')
    .select(['requestHash', 'status', 'body', 'headers'])
    .where('principal', '=', asked.principal)
    .where('key', '=', asked.key)
    .executeTakeFirstOrThrow();
  if (earlier.requestHash !== requestHash) {
    throw new Refusal(
      'idempotency-key-reused',
      'This Idempotency-Key came with another request before; use a new one.',
    );
  }
  return { status: earlier.status ?? 500, body: earlier.body ?? undefined, headers: earlier.headers ?? {} };
}

/** A refusal is an answer too: what the work wrote is undone, the key's record stays. */
async function refusalAsAnswer(unit: Unit, work: () => Promise<Answer>): Promise<Answer> {
  await sql`savepoint command`.execute(unit.db);
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const problem = problemOf(error);
    if (!isFinal(problem.status)) throw error;
    await sql`rollback to savepoint command`.execute(unit.db);
    unit.discard();
    return { status: problem.status, body: problem, headers: { 'content-type': 'application/problem+json' } };
  }
}
