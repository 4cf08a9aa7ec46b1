import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../tools/local/ports.ts';
import { type Cutter, cutterTo, through } from '../support/cutter.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { testNamespaces } from '../support/namespaces.ts';
import { type Running, startNode } from '../support/processes.ts';
import { until } from '../support/world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const addressOf = (url: string) => {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port) };
};
const ask = async (port: number, path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    connection: response.headers.get('connection'),
    body: isJson ? JSON.parse(text) : text,
  };
};

describe('an API that is told to stop', () => {
  it('first wants nobody new, answers all the same for as long as was asked, and then ends', async () => {
    const port = await freePort();
    const api = startNode('src/api/main.ts', {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      PORT: String(port),
      API_DRAIN_SECONDS: '3',
    });
    await api.logged('the API listens');
    expect(await ask(port, '/health/serving')).toMatchObject({ status: 200, body: { process: 'up' } });
    const startedAt = Date.now();
    const code = api.stop();
    await api.logged('the API is about to stop');
    expect(await ask(port, '/health/serving')).toMatchObject({ status: 503, body: { process: 'stopping' } });
    expect(await ask(port, '/health/ready')).toMatchObject({ status: 503, connection: 'close' });
    expect(await ask(port, '/openapi.json')).toMatchObject({ status: 200, connection: 'close' });
    expect(await code).toBe(0);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(3_000);
    await expect(ask(port, '/health/live')).rejects.toThrow();
  });
});

describe('the worker’s own endpoint', () => {
  let cutter: Cutter;
  let worker: Running;
  let port: number;

  beforeAll(async () => {
    cutter = await cutterTo(addressOf(`http://${inject('temporalAddress')}`));
    port = await freePort();
  });
  afterAll(() => cutter.stop());
  const start = (env: Record<string, string> = {}): Running =>
    startNode('src/activities/main.ts', {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: `127.0.0.1:${cutter.port}`,
      TEMPORAL_NAMESPACE: testNamespaces.stopping,
      WORKER_PORT: String(port),
      WORKER_SHUTDOWN_GRACE_SECONDS: '1',
      ...env,
    });

  it('lives, and is not ready, while Temporal is away; told to stop then, it stops', async () => {
    cutter.cut();
    worker = start();
    await worker.logged('Temporal cannot be reached yet');
    expect(await ask(port, '/health/live')).toMatchObject({ status: 200, body: { status: 'up' } });
    expect(await ask(port, '/health/ready')).toMatchObject({
      status: 503,
      body: { process: 'up', polling: 'down', database: 'up', schema: 'current', temporal: 'down' },
    });
    expect(await worker.stop()).toBe(0);
    await expect(ask(port, '/health/live')).rejects.toThrow();
  });

  it('is ready only while it asks for work and gets an answer', async () => {
    cutter.mend();
    worker = start();
    await worker.logged('the worker runs');
    await until('it is ready', async () => (await ask(port, '/health/ready')).status === 200, 20_000);
    expect((await ask(port, '/health/ready')).body).toEqual({
      process: 'up',
      polling: 'up',
      database: 'up',
      schema: 'current',
      temporal: 'up',
    });
    cutter.cut();
    await until('it is not ready', async () => (await ask(port, '/health/ready')).status === 503, 20_000);
    expect((await ask(port, '/health/ready')).body).toMatchObject({
      polling: 'down',
      database: 'up',
      temporal: 'down',
    });
    cutter.mend();
    await until('it is ready again', async () => (await ask(port, '/health/ready')).status === 200, 30_000);
  });

  it('tells its figures, those of Temporal’s SDK among them, and nothing else', async () => {
    await sleep(100);
    const { status, body } = await ask(port, '/metrics');
    expect(status).toBe(200);
    expect(body).toMatch(/^temporal_num_pollers\{/m);
    expect(body).toMatch(/^rodizio_part_up\{part="polling"\} [01]$/m);
    expect(body).toMatch(/^rodizio_build_info\{process="worker",version="[\d.]+",build=""\} 1$/m);
    expect((await ask(port, '/v1/me')).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('a worker that is told to stop finishes and ends, whether Temporal is there or not', async () => {
    cutter.cut();
    const startedAt = Date.now();
    expect(await worker.stop()).toBe(0);
    expect(Date.now() - startedAt).toBeLessThan(40_000);
    cutter.mend();
  });

  it('says so at start when the address cannot be had, with every mistake of the configuration', async () => {
    const holder = await cutterTo(addressOf(database.url));
    const taken = start({ WORKER_PORT: String(holder.port) });
    await until('it has ended', () => Promise.resolve(taken.log().includes('EADDRINUSE')), 30_000);
    await holder.stop();
    const wrong = start({ WORKER_PORT: 'soon', WORKER_BUILD_ID: '7', DATABASE_URL: 'mysql://x' });
    expect(await wrong.ended()).toBe(1);
    expect(wrong.log()).toMatch(/WORKER_PORT: must be a whole number/);
    expect(wrong.log()).toMatch(/DATABASE_URL: must look like/);
  });

  it('stays away where no port is given', async () => {
    const quiet = start({ WORKER_PORT: '' });
    await quiet.logged('the worker runs');
    await expect(ask(port, '/health/live')).rejects.toThrow();
    expect(await quiet.stop()).toBe(0);
  });
});

it('an API tells its database through a cutter apart from its own state', async () => {
  const cutter = await cutterTo(addressOf(database.url));
  const port = await freePort();
  const api = startNode('src/api/main.ts', {
    DATABASE_URL: through(cutter, database.url),
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    PORT: String(port),
  });
  await api.logged('the API listens');
  cutter.cut();
  await until('it notices', async () => (await ask(port, '/health/serving')).status === 503);
  const { body, status } = await ask(port, '/metrics');
  expect(status).toBe(200);
  expect(body).toMatch(/^rodizio_metrics_source_failed\{source="installation"\} 1$/m);
  expect(body).toMatch(/^process_cpu_seconds_total /m);
  cutter.mend();
  await until('it serves again', async () => (await ask(port, '/health/serving')).status === 200);
  expect(await api.stop()).toBe(0);
  await cutter.stop();
});
