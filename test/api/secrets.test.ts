import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';

const { log, lines, text: logged } = captureLog();
let api: TestApi;
let sector: BuiltSector;
let channel: BuiltChannel;
let admin: Caller;

beforeAll(async () => {
  api = await startApi({ log });
  sector = await createSector(api.platform);
  channel = await createChannel(api.platform, sector);
  admin = await api.as(await createUser(api.platform, { role: 'administrator' }));
});
afterAll(() => api.stop());
beforeEach(() => void lines.splice(0));
afterEach(() => void vi.restoreAllMocks());

describe('what nobody but the people themselves may read', () => {
  test('never stands in the log, at any level', async () => {
    const secrets = {
      password: `pw-${randomUUID()}`,
      nextPassword: `pw-${randomUUID()}`,
      wrongPassword: `pw-${randomUUID()}`,
      contactName: `Contato ${randomUUID()}`,
      externalId: `+55${randomUUID()}`,
      contactText: `Pergunta ${randomUUID()}`,
      answer: `Resposta ${randomUUID()}`,
      note: `Nota ${randomUUID()}`,
      reason: `Motivo ${randomUUID()}`,
      field: `Campo ${randomUUID()}`,
      tag: `tag-${randomUUID()}`,
    };
    const found = new Set<string>();
    const email = `${randomUUID()}@example.com`;
    const user = { name: 'Rita', email, role: 'agent', password: secrets.password, verified: true };
    const memberships = [{ sectorId: sector.id, functions: ['agent'] }];
    await admin.post('/v1/users', { ...user, sectors: memberships }, { headers: { 'idempotency-key': 'rita' } });
    await api.nobody.post('/v1/sessions', { email, password: secrets.wrongPassword });
    await api.nobody.post('/v1/sessions', { email, password: secrets.password, [secrets.field]: 1 });
    const { body: session } = await api.nobody.post('/v1/sessions', { email, password: secrets.password });
    expect(session.token).toMatch(/^rzs_/);
    const rita = api.withToken(session.token);
    await rita.put('/v1/me/password', { currentPassword: secrets.password, newPassword: secrets.nextPassword });
    const { body: made } = await admin.post(`/v1/channels/${channel.id}/keys`);
    expect(made.key).toMatch(/^rzc_/);
    const received = await api.withToken(made.key).post(`/v1/channels/${channel.id}/messages`, {
      contact: { externalId: secrets.externalId, name: secrets.contactName },
      message: { id: randomUUID(), text: secrets.contactText },
    });
    const id: string = received.body.conversationId;
    expect(received.status).toBe(202);
    await rita.get(`/v1/conversations?q=${encodeURIComponent(secrets.contactName)}`);
    await rita.post(`/v1/conversations/${id}/messages`, { text: secrets.answer });
    await rita.patch(`/v1/conversations/${id}`, { tags: [secrets.tag], customFields: { order: secrets.field } });
    await rita.post(`/v1/conversations/${id}/return`, { reason: secrets.reason });
    await rita.post(`/v1/conversations/${id}/close`, { note: secrets.note });
    // Refused, unknown, defective.
    await rita.post(`/v1/conversations/${id}/messages`, { text: secrets.answer });
    await rita.post(`/v1/nothing?token=${session.token}`, { text: secrets.answer });
    await rita.post(`/v1/conversations/${id}/messages`, `{"text":"${secrets.answer}`, {
      headers: { 'content-type': 'application/json' },
    });
    vi.spyOn(api.platform.clock, 'at').mockRejectedValueOnce(new Error('no clock'));
    await rita.post(`/v1/conversations/${id}/messages`, { text: secrets.answer });
    await rita.delete('/v1/sessions/current');

    for (const [name, secret] of Object.entries({ ...secrets, token: session.token, key: made.key }))
      if (logged().includes(secret)) found.add(name);
    expect([...found]).toEqual([]);
    expect(lines.length).toBeGreaterThan(15);
  });

  test('is kept in no form that could be guessed at the speed of a fast hash', async () => {
    const user = { name: 'Rita', email: `${randomUUID()}@example.com`, role: 'agent', password: 'easily-guessed' };
    const headers = { 'idempotency-key': randomUUID() };
    expect((await admin.post('/v1/users', user, { headers })).status).toBe(201);
    const { requestHash } = await queries(api.platform)
      .selectFrom('idempotent_answer')
      .select('requestHash')
      .where('key', '=', headers['idempotency-key'])
      .executeTakeFirstOrThrow();
    const hashOf = (request: unknown) => createHash('sha256').update(JSON.stringify(request)).digest('hex');
    expect(requestHash).not.toBe(hashOf(['post', '/v1/users', user]));
    // The password is no part of it; everything else is.
    const { password: _password, ...rest } = user;
    expect(requestHash).toBe(hashOf(['post', '/v1/users', rest]));
    const other = { ...user, name: 'Rosa' };
    expect(await admin.post('/v1/users', other, { headers })).toMatchObject({
      status: 422,
      body: { code: 'idempotency-key-reused' },
    });
    expect((await admin.post('/v1/users', user, { headers })).status).toBe(201);
  });
});
