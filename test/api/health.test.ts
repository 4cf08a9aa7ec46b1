import { sql } from 'kysely';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { dbOf } from '../../src/database/db.ts';
import { createHttpMetrics } from '../../src/metrics/http.ts';
import { createChannel, createConversation, createOwned, createSector, createUser } from '../support/builders.ts';
import { startApi, type TestApi } from '../support/api.ts';
import { createShortLive } from '../support/shortLive.ts';

let api: TestApi;
let temporal = true;
let stopping = false;
const registry = new Registry();

beforeAll(async () => {
  api = await startApi(
    {
      temporalReady: () => Promise.resolve(temporal),
      isStopping: () => stopping,
      measure: createHttpMetrics(registry),
    },
    createShortLive(),
  );
});
afterEach(() => {
  temporal = true;
  stopping = false;
});
afterAll(() => api.stop());

const well = { process: 'up', database: 'up', schema: 'current', temporal: 'up' };

describe('health', () => {
  it('says that the process lives, whatever the parts', async () => {
    temporal = false;
    stopping = true;
    expect(await api.nobody.get('/health/live')).toMatchObject({ status: 200, body: { status: 'up' } });
  });

  it('is ready while everything answers, and tells of each part for itself', async () => {
    expect(await api.nobody.get('/health/ready')).toMatchObject({ status: 200, body: well });
    expect(await api.nobody.get('/health/serving')).toMatchObject({ status: 200, body: well });
  });

  it('without Temporal it is not ready, and serves people all the same', async () => {
    temporal = false;
    const body = { ...well, temporal: 'down' };
    expect(await api.nobody.get('/health/ready')).toMatchObject({ status: 503, body });
    expect(await api.nobody.get('/health/serving')).toMatchObject({ status: 200, body });
  });

  it('wants nobody new once it is about to stop, though it answers', async () => {
    stopping = true;
    const body = { ...well, process: 'stopping' };
    expect(await api.nobody.get('/health/ready')).toMatchObject({ status: 503, body });
    expect(await api.nobody.get('/health/serving')).toMatchObject({ status: 503, body });
    expect((await api.nobody.get('/openapi.json')).status).toBe(200);
  });

  it('knows whether the schema lacks a migration, or has one of a newer version', async () => {
    const db = dbOf(api.platform.orm.em.fork());
    await sql`insert into mikro_orm_migrations (name) values ('20991231235959_of_a_newer_version')`.execute(db);
    expect(await api.nobody.get('/health/ready')).toMatchObject({ status: 200, body: { ...well, schema: 'ahead' } });
    await sql`delete from mikro_orm_migrations where name = '20991231235959_of_a_newer_version'`.execute(db);
    const { rows } = await sql<{ name: string }>`
      delete from mikro_orm_migrations where id = (select max(id) from mikro_orm_migrations) returning name`.execute(
      db,
    );
    const behind = { status: 503, body: { ...well, schema: 'behind' } };
    expect(await api.nobody.get('/health/ready')).toMatchObject(behind);
    expect(await api.nobody.get('/health/serving')).toMatchObject(behind);
    await sql`alter table mikro_orm_migrations rename to not_there`.execute(db);
    expect(await api.nobody.get('/health/serving')).toMatchObject(behind);
    await sql`alter table not_there rename to mikro_orm_migrations`.execute(db);
    await sql`insert into mikro_orm_migrations (name) values (${rows[0]!.name})`.execute(db);
    expect(await api.nobody.get('/health/ready')).toMatchObject({ status: 200 });
  });

  it('is not ready without its database, and says so at once', async () => {
    const broken = await startApi();
    expect((await broken.nobody.get('/health/ready')).status).toBe(200);
    await broken.loseDatabase();
    const startedAt = Date.now();
    const body = { process: 'up', database: 'down', schema: 'unknown', temporal: 'up' };
    expect(await broken.nobody.get('/health/ready')).toMatchObject({ status: 503, body });
    expect(await broken.nobody.get('/health/serving')).toMatchObject({ status: 503, body });
    expect(Date.now() - startedAt).toBeLessThan(4_000);
    expect(await broken.nobody.get('/v1/me', { headers: { authorization: 'Bearer rzs_x' } })).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
    await broken.stop();
  });
});

describe('metrics', () => {
  const valueOf = async (series: string): Promise<number> => {
    const line = (await registry.metrics()).split('\n').find((one) => one.startsWith(`${series} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  };

  it('tell Prometheus how each sector stands at this moment', async () => {
    const sector = await createSector(api.platform, { slug: 'suporte' });
    const channel = await createChannel(api.platform, sector);
    await createConversation(api.platform, channel, { waitingSince: new Date(Date.now() - 90_000) });
    const { status, body, headers } = await api.nobody.get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(body).toContain('rodizio_conversations{sector="suporte",state="waiting"} 1');
    expect(body).toContain('rodizio_conversations{sector="suporte",state="assigned"} 0');
    expect(Number(/rodizio_oldest_wait_seconds\{sector="suporte"\} ([\d.]+)/.exec(body)?.[1])).toBeGreaterThanOrEqual(
      89,
    );
    expect(body).toMatch(/rodizio_wake_ups_pending [1-9]/);
    expect(body).toMatch(/rodizio_events_unpositioned [1-9]/);
  });

  it('count accepts that came too late by their code, those answered from an idempotency key among them', async () => {
    const sector = await createSector(api.platform);
    const channel = await createChannel(api.platform, sector);
    const [ana, bia] = [
      await createUser(api.platform, { memberOf: [sector] }),
      await createUser(api.platform, { memberOf: [sector] }),
    ];
    const id = await createOwned(api.platform, channel, ana);
    const path = `/v1/conversations/${id}/accept`;
    const as = await api.as(bia);
    for (const headers of [{}, { 'Idempotency-Key': 'one' }, { 'Idempotency-Key': 'one' }]) {
      expect((await as.post(path, {}, { headers })).status).toBe(409);
    }
    const route = 'route="/v1/conversations/{id}/accept"';
    expect(await valueOf(`rodizio_http_refusals_total{method="POST",${route},code="already-assigned"}`)).toBe(3);
    expect(await valueOf(`rodizio_http_request_duration_seconds_count{method="POST",${route},status="409"}`)).toBe(3);
  });

  it('take nothing into a label that a caller made up', async () => {
    for (const path of ['/v1/nothing-here', '/wp-login.php', '/v1/conversations/not-an-id']) await api.nobody.get(path);
    const text = await registry.metrics();
    expect(text).not.toMatch(/nothing-here|wp-login|not-an-id/);
    expect(
      await valueOf('rodizio_http_request_duration_seconds_count{method="GET",route="unmatched",status="404"}'),
    ).toBe(2);
  });

  it('count streams while they last, and leave them out of the durations', async () => {
    const sector = await createSector(api.platform);
    const ana = await createUser(api.platform, { memberOf: [sector] });
    expect((await (await api.as(ana)).get('/v1/events')).status).toBe(200);
    expect(await valueOf('rodizio_live_streams')).toBe(0);
    expect(await registry.metrics()).not.toMatch(
      /duration_seconds_count\{method="GET",route="\/v1\/events",status="200"/,
    );
  });
});
