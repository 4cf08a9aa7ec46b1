import { sql } from 'kysely';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dbOf } from '../../src/database/db.ts';
import { createInstallationMetrics, sectorsQuery } from '../../src/metrics/installation.ts';
import { installationSource } from '../../src/metrics/process.ts';
import { createChannel, createConversation, createSector } from '../support/builders.ts';
import { createCrowd } from '../support/crowd.ts';
import { statementsOf } from '../support/statements.ts';
import { startSteps, type Steps } from '../support/steps.ts';

let steps: Steps;
beforeAll(async () => {
  // One connection: what a test sets on it holds for the next statement.
  steps = await startSteps(1);
});
afterAll(() => steps.stop());

const db = () => dbOf(steps.platform.orm.em.fork());

describe('the figures of the installation', () => {
  it('are read from an index, however many conversations were closed: the rows are not looked at', async () => {
    const sector = await createSector(steps.platform, { slug: 'grande' });
    const channel = await createChannel(steps.platform, sector);
    await createCrowd(steps.platform, channel, { active: 2_000, closed: 18_000, state: 'waiting' });
    // What is committed and not yet flushed cannot be marked as visible to all.
    for (const statement of ['set statement_timeout = 0', 'checkpoint', 'vacuum (analyze) conversation'])
      await sql.raw(statement).execute(db());
    const compiled = sectorsQuery.compile(db());
    const { rows } = await sql<{
      'QUERY PLAN': string;
    }>`explain (analyze, costs off, timing off, summary off) ${sql.raw(compiled.sql)}`.execute(db());
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('Index Only Scan using conversation_standing on conversation (actual rows=2000');
    expect(plan).toContain('Heap Fetches: 0');
    expect(plan).not.toContain('Seq Scan on conversation');
  });

  it('are read once for all who ask within five seconds', async () => {
    const read = installationSource(steps.platform.orm);
    const { statements } = await statementsOf(async () => {
      const [first, second] = await Promise.all([read(), read()]);
      expect(second).toBe(first);
      expect(await read()).toBe(first);
    });
    expect(statements.length).toBe(2);
  });

  it('tell of a hundred sectors by name, and of the least busy ones together', async () => {
    for (let n = 0; n < 105; n++) await createSector(steps.platform, { slug: `setor-${n}` });
    const busy = await createSector(steps.platform, { slug: 'ocupado' });
    await createConversation(steps.platform, await createChannel(steps.platform, busy));
    const registry = new Registry();
    await createInstallationMetrics(registry).read(db());
    const text = await registry.metrics();
    const sectors = [...text.matchAll(/^rodizio_oldest_wait_seconds\{sector="([^"]+)"\}/gm)].map(([, slug]) => slug);
    expect(sectors).toHaveLength(101);
    expect(sectors).toEqual(expect.arrayContaining(['grande', 'ocupado', 'other']));
  });

  it('stop counting a backlog at ten thousand: a scrape must not cost more the worse things are', async () => {
    await sql`delete from event`.execute(db());
    await sql`
      insert into event (type, at, step_id, last, actor, data)
      select 'sector.opened', clock_timestamp() - interval '2 minutes', gen_random_uuid(), true, '{}', '{}'
        from generate_series(1, 10500)`.execute(db());
    const registry = new Registry();
    await createInstallationMetrics(registry).read(db());
    const text = await registry.metrics();
    expect(text).toMatch(/^rodizio_events_unpositioned 10000$/m);
    expect(Number(/^rodizio_events_unpositioned_oldest_seconds ([\d.]+)$/m.exec(text)?.[1])).toBeGreaterThanOrEqual(
      119,
    );
  });
});
