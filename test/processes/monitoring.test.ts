import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { openDatabase } from '../../src/database/orm.ts';
import { databaseClock } from '../../src/database/clock.ts';
import { type Platform, storedOnly } from '../../src/database/unit.ts';
import { connectTemporal } from '../../src/outbox/temporal.ts';
import { routingTaskQueue } from '../../src/workflows/protocol.ts';
import { freePort } from '../../tools/local/ports.ts';
import { createSession } from '../support/api.ts';
import { createChannel, createConversation, createSector, createUser } from '../support/builders.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Exposed, exposedIn, faultsOf } from '../support/expositions.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { type Running, startNode } from '../support/processes.ts';
import { until, untilConversation } from '../support/world.ts';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

const dashboard = z
  .object({
    uid: z.string(),
    title: z.string(),
    schemaVersion: z.number(),
    panels: z.array(
      z.object({
        title: z.string(),
        type: z.enum(['row', 'stat', 'timeseries']),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() })).default([]),
      }),
    ),
  })
  .parse(JSON.parse(read('docker/grafana/dashboards/rodizio.json')));

const alerts = z
  .strictObject({
    groups: z.array(
      z.strictObject({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string().regex(/^Rodizio[A-Z]\w+$/),
            expr: z.string(),
            for: z
              .string()
              .regex(/^\d+[smh]$/)
              .optional(),
            labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
            annotations: z.strictObject({ summary: z.string(), description: z.string() }),
          }),
        ),
      }),
    ),
  })
  .parse(parse(read('docker/prometheus/alerts.yml')))
  .groups.flatMap(({ rules }) => rules);

const panels = dashboard.panels.filter(({ type }) => type !== 'row');

let database: TestDatabase;
let platform: Platform;
let api: Running;
let worker: Running;
let exposed: Exposed;
let texts: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  const orm = await openDatabase({ url: database.url, poolSize: 4, applicationName: 'rodizio-test' });
  platform = {
    orm,
    clock: databaseClock,
    delivery: storedOnly,
    crash: () => undefined,
    afterCommit: { committed: () => undefined },
  };
  const environment = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_NAMESPACE: testNamespaces.monitored,
    SWEEP_SECONDS: '1',
  };
  const [apiPort, workerPort] = [await freePort(), await freePort()];
  api = startNode('src/api/main.ts', { ...environment, PORT: String(apiPort) });
  worker = startNode('src/activities/main.ts', { ...environment, WORKER_PORT: String(workerPort) });
  await Promise.all([api.logged('the API listens', 90_000), worker.logged('the worker runs', 90_000)]);
  const scrape = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

  // A little of everything: an offer, an accept, one that came too late, a step of a workflow that nobody knows.
  const sector = await createSector(platform, { offerTimeoutMs: 60_000 });
  const channel = await createChannel(platform, sector);
  const [ana, bia] = [
    await createUser(platform, { memberOf: [sector] }),
    await createUser(platform, { memberOf: [sector] }),
  ];
  const id = await createConversation(platform, channel);
  const { designatedId } = await untilConversation({ platform }, id, { state: 'offered' }, 20_000);
  const accept = async (user: typeof ana) =>
    fetch(`http://127.0.0.1:${apiPort}/v1/conversations/${id}/accept`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await createSession(platform, user.id)}` },
    });
  expect((await accept(designatedId === ana.id ? ana : bia)).status).toBe(200);
  expect((await accept(designatedId === ana.id ? bia : ana)).status).toBe(409);
  const temporal = connectTemporal({
    connection: { address: inject('temporalAddress') },
    namespace: testNamespaces.monitored,
  });
  await temporal.client.workflow.start('nobodyKnowsThis', { taskQueue: routingTaskQueue, workflowId: 'unknown' });
  await until('a workflow task has failed', async () =>
    (await scrape(workerPort)).includes('temporal_workflow_task_execution_failed_total'),
  );
  await until('a sweep has ended', async () =>
    /^rodizio_sweep_last_success_timestamp_seconds [1-9]/m.test(await scrape(workerPort)),
  );
  texts = [await scrape(apiPort), await scrape(workerPort)];
  exposed = exposedIn(...texts);
  await temporal.client.workflow.getHandle('unknown').terminate();
  await temporal.close();
}, 180_000);

afterAll(async () => {
  await Promise.all([api.stop(), worker.stop()]);
  await platform.orm.close();
  await database.drop();
});

describe('what API and worker expose', () => {
  it('is well-formed: each name with its help and type, once in a process', () => {
    for (const text of texts) {
      const types = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram|summary)$/gm)].map(([, name]) => name);
      expect(new Set(types).size).toBe(types.length);
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      expect(
        lines.filter(
          (line) => !/^[a-zA-Z_:][\w:]*(\{[^{}]*(\{[^{}]*\}[^{}]*)*\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/.test(line),
        ),
      ).toEqual([]);
    }
  });

  it('follows Prometheus’ conventions: base units, and _total for what is counted', () => {
    const named = [...texts.join('\n').matchAll(/^# TYPE (rodizio_\S+) (\S+)$/gm)];
    expect(named.length).toBeGreaterThan(20);
    for (const [, name = '', type] of named) {
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name, name).not.toMatch(/_(ms|milliseconds|minutes|percent)\b/);
    }
  });

  it('is explained, name by name, where operators look', () => {
    const page = read('docs/operations.md');
    const names = [...texts.join('\n').matchAll(/^# TYPE (rodizio_\S+) /gm)].map(([, name = '']) => name);
    expect(names.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
    const explained = [...page.matchAll(/`(rodizio_[a-z_]+)/g)].map(([, name = '']) => name);
    expect(explained.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('the Grafana dashboard', () => {
  it.each(panels.map((panel) => [panel.title, panel] as const))('asks in "%s" for what is exposed', (_title, panel) => {
    expect(panel.targets.length).toBeGreaterThan(0);
    for (const { expr } of panel.targets) expect(faultsOf(expr, exposed), expr).toEqual([]);
  });

  it('lays its panels out side by side, none over another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_unused, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });
});

describe('the alerts', () => {
  it.each(alerts.map((rule) => [rule.alert, rule] as const))('%s asks for what is exposed', (_name, { expr }) => {
    expect(faultsOf(expr, exposed)).toEqual([]);
  });

  it('are all explained where operators look', () => {
    const page = read('docs/operations.md');
    expect(alerts.map(({ alert }) => alert).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    const explained = [...page.matchAll(/`(Rodizio[A-Z]\w+)`/g)].map(([, name = '']) => name);
    expect(explained.filter((name) => !alerts.some(({ alert }) => alert === name))).toEqual([]);
  });

  it('a mistake would be seen', () => {
    expect(faultsOf('sum(rate(rodizio_conversation[5m]))', exposed)).toEqual(['rodizio_conversation is not exposed']);
    expect(faultsOf('rodizio_conversations{team="a"}', exposed)).toEqual(['rodizio_conversations has no label team']);
    expect(faultsOf('sum by (team) (rodizio_conversations)', exposed)).toEqual([
      'rodizio_conversations has no label team',
    ]);
    expect(faultsOf('sum(rodizio_conversations', exposed)).not.toEqual([]);
  });
});
