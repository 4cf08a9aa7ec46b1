import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../../src/activities/webhooks/post.ts';
import { AddressRefused } from '../../src/network/callOut.ts';
import type { WebhookCallId } from '../../src/domain/ids.ts';
import { sweep } from '../../src/outbox/sweep.ts';
import { webhookWorkflowId } from '../../src/workflows/protocol.ts';
import { createChannel, createConversation, createRule, createSector, queries } from '../support/builders.ts';
import { pinHistory } from '../support/histories.ts';
import { startWorld, until, untilToldOfAll, type World } from '../support/world.ts';

interface Taken {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let world: World;
let url: string;
const taken: Taken[] = [];
/** What the next calls are answered; then 204. */
const answers: number[] = [];

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    taken.push({ headers: request.headers, body });
    response.writeHead(answers.shift() ?? 204, { location: 'http://127.0.0.1:1/' }).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?from=rodizio`;
  world = await startWorld({ webhooks: { allowPrivate: true } });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await world.stop();
});
afterEach(async () => {
  taken.length = 0;
  answers.length = 0;
  await queries(world.platform).deleteFrom('automation_rule').execute();
});

async function begin(to: string = url) {
  const sector = await createSector(world.platform, { mode: 'manual' });
  const channel = await createChannel(world.platform, sector);
  const rule = await createRule(world.platform, sector, {
    webhookSecret: 'rzw_segredo',
    actions: [
      { kind: 'call-webhook', url: to },
      { kind: 'add-tags', tags: ['chamado'] },
    ],
  });
  const conversationId = await createConversation(world.platform, channel);
  const call = await queries(world.platform)
    .selectFrom('webhook_call')
    .selectAll()
    .where('conversationId', '=', conversationId)
    .executeTakeFirstOrThrow();
  return { rule, conversationId, call };
}

const untilCall = (id: WebhookCallId, state: string) =>
  until(
    `call ${id} is ${state}`,
    async () => {
      const row = await queries(world.platform)
        .selectFrom('webhook_call')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return row.state === state && row;
    },
    20_000,
  );
const failureOf = async (id: string) =>
  (
    await queries(world.platform)
      .selectFrom('automation_rule')
      .select('lastError')
      .where('id', '=', id as never)
      .executeTakeFirstOrThrow()
  ).lastError;

describe('R28: a call of a rule', () => {
  it('is made once taken, signed over time and body, and tells ids and states only', async () => {
    const { rule, conversationId, call } = await begin();
    const done = await untilCall(call.id, 'delivered');
    expect(taken).toHaveLength(1);
    const [{ headers, body }] = taken as [Taken];
    expect(JSON.parse(body)).toMatchObject({
      id: call.id,
      event: 'conversation.created',
      ruleId: rule.id,
      conversation: { id: conversationId, state: 'waiting', ownerId: null },
    });
    expect(body).not.toMatch(/Maria|Olá|\+5511/);
    expect(headers['rodizio-call-id']).toBe(call.id);
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['rodizio-signature']))!;
    expect(signature).toBe(createHmac('sha256', 'rzw_segredo').update(`${time}.${body}`).digest('hex'));
    expect(Math.abs(Number(time) - Date.now() / 1_000)).toBeLessThan(30);
    expect(done).toMatchObject({ secret: null, attempts: 1 });
    await pinHistory(world, 'webhook-delivered', { workflowId: webhookWorkflowId(call.id) });
  });

  it('is tried again with the very same body until it is taken; a redirect is not followed', async () => {
    answers.push(500, 302);
    const { call } = await begin();
    await untilCall(call.id, 'delivered');
    expect(taken).toHaveLength(3);
    expect(new Set(taken.map(({ body }) => body)).size).toBe(1);
    expect((await untilCall(call.id, 'delivered')).attempts).toBe(3);
  });

  it('whose workflow was ended by hand, or lost with Temporal’s store, is taken up again by the sweep', async () => {
    answers.push(...Array.from({ length: 20 }, () => 503));
    const { call } = await begin();
    const id = webhookWorkflowId(call.id);
    await until('it was tried', async () => taken.length > 0);
    await untilToldOfAll(world, call.id);
    await world.temporal.client.workflow.getHandle(id).terminate('by hand');
    answers.length = 0;
    await queries(world.platform)
      .updateTable('webhook_call')
      .set({ createdAt: new Date(Date.now() - 60_000) })
      .where('id', '=', call.id)
      .execute();
    await sweep({ platform: world.platform, temporal: world.temporal, log: pino({ level: 'silent' }) });
    await untilCall(call.id, 'delivered');
    expect(new Set(taken.map(({ body }) => body)).size).toBe(1);
  });

  it('to an address that is not allowed is given up at once, and reported with its rule', async () => {
    const strict = await startWorld({ webhooks: { allowPrivate: false } });
    const before = world;
    try {
      world = strict;
      const { rule, call } = await begin('http://localhost:1/hook');
      await untilCall(call.id, 'failed');
      expect(await failureOf(rule.id)).toBe('webhook-refused');
      await pinHistory(strict, 'webhook-refused', { workflowId: webhookWorkflowId(call.id) });
    } finally {
      world = before;
      await strict.stop();
    }
  });
});

describe('where calls go', () => {
  const call = (to: string, options: Partial<Parameters<typeof post>[1]> = {}) =>
    post({ url: to, body: '{}', headers: {} }, { allowPrivate: false, ...options });

  it('never to private addresses, by number or by name, however they are written', async () => {
    for (const to of ['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://0x7f.1:9/', 'http://localhost:9/'])
      await expect(call(to), to).rejects.toBeInstanceOf(AddressRefused);
    const mixed = () => Promise.resolve(['8.8.8.8', '10.0.0.1']);
    await expect(call('http://example.com/', { resolve: mixed })).rejects.toBeInstanceOf(AddressRefused);
    expect(taken).toHaveLength(0);
  });

  it('to the very address that was judged: a name that answers otherwise the second time gains nothing', async () => {
    const asked: string[] = [];
    const { port } = server.address() as AddressInfo;
    const rebinding = (host: string) => {
      asked.push(host);
      return Promise.resolve([asked.length === 1 ? '127.0.0.1' : '192.0.2.1']);
    };
    await call(`http://rebind.example:${port}/`, { allowPrivate: true, resolve: rebinding });
    expect(asked).toEqual(['rebind.example']);
    expect(taken[0]!.headers.host).toBe(`rebind.example:${port}`);
  });

  it('and an answer that does not come is not waited for', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    await expect(call(`http://127.0.0.1:${port}/`, { allowPrivate: true, timeoutMs: 200 })).rejects.toThrow();
    silent.closeAllConnections();
    silent.close();
  });
});
