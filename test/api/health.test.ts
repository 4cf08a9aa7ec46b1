import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createChannel, createConversation, createSector } from '../support/builders.ts';
import { startApi, type TestApi } from '../support/api.ts';

let api: TestApi;
let temporal = true;

beforeAll(async () => {
  api = await startApi({ temporalReady: () => Promise.resolve(temporal) });
});
afterAll(() => api.stop());

describe('health', () => {
  it('says that the process lives, whatever the parts', async () => {
    expect(await api.nobody.get('/health/live')).toMatchObject({ status: 200, body: { status: 'up' } });
  });

  it('is ready while database and Temporal answer, and names the part that does not', async () => {
    expect(await api.nobody.get('/health/ready')).toMatchObject({
      status: 200,
      body: { database: 'up', temporal: 'up' },
    });
    temporal = false;
    expect(await api.nobody.get('/health/ready')).toMatchObject({
      status: 503,
      body: { database: 'up', temporal: 'down' },
    });
    temporal = true;
  });

  it('is not ready without its database, and says so at once', async () => {
    const broken = await startApi();
    expect((await broken.nobody.get('/health/ready')).status).toBe(200);
    await broken.loseDatabase();
    const startedAt = Date.now();
    expect(await broken.nobody.get('/health/ready')).toMatchObject({
      status: 503,
      body: { database: 'down', temporal: 'up' },
    });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
    expect(await broken.nobody.get('/v1/me', { headers: { authorization: 'Bearer rzs_x' } })).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
    await broken.stop();
  });
});

describe('metrics', () => {
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
});
