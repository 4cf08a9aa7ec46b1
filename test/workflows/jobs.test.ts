import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ReceivedRow,
  startImport,
  storeRows,
  beginImport,
} from '../../src/database/steps/contacts/receiveImport.ts';
import { countMove } from '../../src/database/steps/contacts/movePage.ts';
import { cancelJob, writeJob } from '../../src/database/steps/jobs/jobs.ts';
import { setPortfolio } from '../../src/database/steps/contacts/portfolio.ts';
import { loadPerson } from '../../src/database/repositories/principals.ts';
import { transact } from '../../src/database/transact.ts';
import { abilityOf } from '../../src/domain/access/ability.ts';
import { type ContactId, type JobId, newId, type UserId } from '../../src/domain/ids.ts';
import { sweep } from '../../src/outbox/sweep.ts';
import { jobWorkflowId } from '../../src/workflows/protocol.ts';
import { type BuiltUser, createUser, queries } from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { pinHistory } from '../support/histories.ts';
import { type ProcessOptions, startWorld, until, untilToldOfAll, type World } from '../support/world.ts';

let world: World;
let boss: BuiltUser;
let pages = 0;
/** Called before each page is reported. */
let onPage: (page: number) => void = () => undefined;

async function start(options: ProcessOptions = {}): Promise<void> {
  world = await startWorld({
    crash(point) {
      if (point === 'before-completion') onPage(++pages);
    },
    ...options,
  });
  boss = await createUser(world.platform, { role: 'administrator' });
}
beforeEach(() => {
  pages = 0;
  onPage = () => undefined;
});
afterEach(() => world.stop());

const numberOf = (n: number): string => `+55119${String(n).padStart(8, '0')}`;
const row = (number: number, cells: readonly string[], identity: string | null): ReceivedRow => ({
  number,
  cells,
  identity,
  wrong: null,
});

/** A file in which every tenth row has no telephone number. */
async function send(count: number, from = 0): Promise<{ id: JobId; broken: number }> {
  const id = newId<JobId>();
  const rows = Array.from({ length: count }, (_, n) =>
    n % 10 === 9
      ? row(n + 2, ['11 99999', `Pessoa ${n}`], null)
      : row(n + 2, [numberOf(from + n), `Pessoa ${n}`], numberOf(from + n)),
  );
  const { platform } = world;
  await transact(platform, (unit) =>
    beginImport(unit, { id, namespace: 'phone', columns: ['externalId', 'name'], createdById: boss.id }),
  );
  for (let at = 0; at < rows.length; at += 1_000) await storeRows(queries(platform), id, rows.slice(at, at + 1_000));
  await transact(platform, (unit) => startImport(unit, id));
  return { id, broken: Math.floor(count / 10) };
}

const jobOf = (id: JobId) =>
  queries(world.processes.at(-1)!.platform)
    .selectFrom('job')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const untilEnded = (id: JobId, withinMs = 30_000) =>
  until(`job ${id} ended`, async () => ((await jobOf(id)).endedAt ? jobOf(id) : null), withinMs);
const outcomesOf = async (id: JobId) => {
  const rows = await queries(world.processes.at(-1)!.platform)
    .selectFrom('contact_import_row')
    .select(['outcome', (from) => from.fn.countAll<number>().as('count')])
    .where('jobId', '=', id)
    .groupBy('outcome')
    .execute();
  return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
};
const contacts = async () =>
  (
    await queries(world.processes.at(-1)!.platform)
      .selectFrom('contact')
      .select((from) => from.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
  ).count;
const statusOf = (id: JobId) => world.temporal.statusOf('job', id);

/** RODIZIO_IMPORT_ROWS=50000 measures the largest file. */
const rowsOfLargeFile = Number(process.env['RODIZIO_IMPORT_ROWS'] ?? 5_000);

describe('an import of contacts', () => {
  it('imports what is right, refuses what is not, and counts both exactly', async () => {
    await start();
    const { id, broken } = await send(rowsOfLargeFile);
    const begun = performance.now();
    expect(await untilEnded(id, 300_000)).toMatchObject({
      state: 'done',
      total: rowsOfLargeFile,
      done: rowsOfLargeFile,
    });
    if (rowsOfLargeFile > 5_000) console.log(`${rowsOfLargeFile} rows in ${Math.round(performance.now() - begun)} ms`);
    expect(await outcomesOf(id)).toEqual({ imported: rowsOfLargeFile - broken, refused: broken });
    expect(await contacts()).toBe(rowsOfLargeFile - broken);
    // What is imported is kept with the contact alone.
    const kept = await queries(world.platform)
      .selectFrom('contact_import_row')
      .select('number')
      .where('jobId', '=', id)
      .where('cells', 'is not', null)
      .execute();
    expect(kept).toHaveLength(broken);
    const again = await send(100);
    await untilEnded(again.id);
    expect(await outcomesOf(again.id)).toEqual({ updated: 90, refused: 10 });
    await until('the workflow ended', async () => (await statusOf(again.id)) === 'ended');
    await pinHistory(world, 'job-import', { workflowId: jobWorkflowId(again.id) });
  }, 330_000);

  it('goes on where it stopped when its worker is killed in the middle, and does no row twice', async () => {
    await start();
    onPage = (page) => {
      // The page is committed, its report never arrives.
      if (page === 2) throw new Error('the worker dies here');
    };
    const { id, broken } = await send(3_000);
    await until('two pages are done', async () => (await jobOf(id)).done >= 1_000);
    await world.processes[0]!.stop();
    await world.addProcess();
    expect(await untilEnded(id, 40_000)).toMatchObject({ state: 'done', done: 3_000 });
    expect(await outcomesOf(id)).toEqual({ imported: 3_000 - broken, refused: broken });
    expect(await contacts()).toBe(3_000 - broken);
  }, 60_000);

  it('that is cancelled keeps what is done, and does nothing more', async () => {
    await start();
    const asked = Promise.withResolvers<void>();
    onPage = (page) => {
      if (page === 1) asked.resolve();
    };
    const { id } = await send(10_000);
    await asked.promise;
    await transact(world.platform, (unit) => cancelJob(unit, id));
    const { done, state } = await untilEnded(id);
    expect([state, done > 0 && done < 10_000]).toEqual(['cancelled', true]);
    await until('the workflow ended', async () => (await statusOf(id)) === 'ended');
    const { imported = 0, refused = 0, pending = 0 } = await outcomesOf(id);
    expect([imported + refused, imported + refused + pending]).toEqual([done, 10_000]);
    expect(await contacts()).toBe(imported);
  });

  it('stops when whoever sent it may not import any more', async () => {
    await start();
    const { platform } = world;
    onPage = () => undefined;
    await queries(platform).updateTable('users').set({ active: false }).where('id', '=', boss.id).execute();
    const { id } = await send(20);
    expect(await untilEnded(id)).toMatchObject({ state: 'stopped', stoppedBecause: 'no-permission', done: 0 });
    expect(await contacts()).toBe(0);
  });

  it('gets its workflow back from the sweep when that was lost', async () => {
    await start();
    const { id } = await send(20);
    await untilEnded(id);
    await until('the workflow ended', async () => (await statusOf(id)) === 'ended');
    await untilToldOfAll(world, id);
    // As if it had been terminated before it did anything.
    const db = queries(world.platform);
    await db.updateTable('job').set({ state: 'running', endedAt: null }).where('id', '=', id).execute();
    await sweep({ platform: world.platform, temporal: world.temporal, log: captureLog().log });
    expect(await untilEnded(id)).toMatchObject({ state: 'done' });
  });
});

describe('moving a portfolio', () => {
  const portfolioOf = async (owner: { readonly id: UserId }) =>
    (
      await queries(world.platform)
        .selectFrom('contact')
        .select((from) => from.fn.countAll<number>().as('count'))
        .where('ownerId', '=', owner.id)
        .executeTakeFirstOrThrow()
    ).count;

  async function fill(owner: BuiltUser, count: number, tags: string[] = []): Promise<ContactId[]> {
    const rows = Array.from({ length: count }, () => ({
      id: newId<ContactId>(),
      namespace: 'phone',
      externalId: randomUUID(),
      name: 'Maria',
      source: 'person' as const,
      tags,
      ownerId: owner.id,
      ownerSince: new Date(Date.now() - 60_000),
      createdAt: new Date(),
    }));
    await queries(world.platform).insertInto('contact').values(rows).execute();
    return rows.map(({ id }) => id);
  }

  it('moves exactly the contacts that it meant, in pages, and none that came to the portfolio since', async () => {
    await start();
    const { platform } = world;
    const [from, to] = [await createUser(platform), await createUser(platform)];
    const meant = await fill(from, 1_203, ['VIP']);
    await fill(from, 40);
    const move = { fromOwnerId: from.id, tag: 'vip', origin: null, source: null };
    const id = newId<JobId>();
    const total = await transact(platform, async (unit) => {
      const total = await countMove(unit.db, move, await unit.now());
      await writeJob(unit, {
        id,
        state: 'running',
        details: { kind: 'portfolio-move', toOwnerId: to.id, ...move },
        total,
        createdById: boss.id,
      });
      return total;
    });
    expect(total).toBe(1_203);
    // Given to the portfolio after the move was asked for.
    const person = (await loadPerson(queries(platform), boss.id))!;
    const who = { person, ability: abilityOf(person, { selfAvailability: false }) };
    const late = (await fill(to, 1, ['VIP']))[0]!;
    await transact(platform, (unit) => setPortfolio(unit, who, late, from.id));
    const job = await untilEnded(id);
    expect(job).toMatchObject({ state: 'done', done: 1_203 });
    expect([await portfolioOf(from), await portfolioOf(to)]).toEqual([41, 1_203]);
    const one = await queries(platform)
      .selectFrom('contact')
      .select('ownerId')
      .where('id', '=', meant[0]!)
      .executeTakeFirstOrThrow();
    expect(one.ownerId).toBe(to.id);
    const told = await queries(platform)
      .selectFrom('audit')
      .select('actorId')
      .where('kind', '=', 'portfolio')
      .where('objectId', '=', meant[0]!)
      .where('after', 'is not', null)
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(told.actorId, 'the audit names who wanted the move').toBe(boss.id);
    await until('the workflow ended', async () => (await statusOf(id)) === 'ended');
    await pinHistory(world, 'job-portfolio-move', { workflowId: jobWorkflowId(id) });
  });
});
