import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import {
  createChannel,
  createConversation,
  createSector,
  createUser,
  createVariable,
  neverOpen,
  queries,
} from '../support/builders.ts';
import { consoleUrl, sendWaiting } from '../support/mailRoom.ts';
import { startMailServer } from '../support/mailServer.ts';

let api: TestApi;
let admin: Caller;

beforeAll(async () => {
  api = await startApi();
  admin = await api.as(await createUser(api.platform, { role: 'administrator', name: 'Helena' }));
  await admin.patch('/v1/organization', { name: 'Prado' });
});
afterAll(() => api.stop());

const messagesTo = async (sector: Awaited<ReturnType<typeof createSector>>): Promise<string[]> => {
  const id = await createConversation(api.platform, await createChannel(api.platform, sector));
  const { body } = await admin.get(`/v1/conversations/${id}/messages`);
  return body.items.filter((one: { kind: string }) => one.kind !== 'contact').map((one: { text: string }) => one.text);
};

describe('a variable', () => {
  it('is said by direction messages, automatic replies and rules, with the value of the moment', async () => {
    const { body: variable } = await admin.post('/v1/variables', { name: 'hours', value: 'das 9h às 18h' });
    expect(variable).toMatchObject({ name: 'hours', placeholder: '{{variable.hours}}', description: null });
    const open = await createSector(api.platform);
    const closed = await createSector(api.platform, { hours: neverOpen });
    const text = 'Atendemos {{ variable.hours }}. {{organization.name}}';
    expect((await admin.patch(`/v1/sectors/${open.id}`, { directionMessage: text })).status).toBe(200);
    expect((await admin.patch(`/v1/sectors/${closed.id}`, { autoReply: { enabled: true, text } })).status).toBe(200);
    expect(await messagesTo(open)).toEqual(['Atendemos das 9h às 18h. Prado']);
    expect(await messagesTo(closed)).toEqual(['Atendemos das 9h às 18h. Prado']);

    await admin.patch(`/v1/variables/${variable.id}`, { value: 'o dia todo' });
    expect(await messagesTo(open)).toEqual(['Atendemos o dia todo. Prado']);

    const rule = await admin.post('/v1/automation-rules', {
      name: 'Aviso',
      event: 'conversation.created',
      conditions: [{ kind: 'always' }],
      actions: [{ kind: 'send-message', text: 'Hoje: {{variable.hours}}' }],
    });
    expect(rule.status).toBe(201);
    expect(await messagesTo(open)).toContain('Hoje: o dia todo');
    await admin.delete(`/v1/automation-rules/${rule.body.id}`);
  });

  it('is sent as written in what a person writes', async () => {
    const sector = await createSector(api.platform);
    const ana = await createUser(api.platform, { memberOf: [sector] });
    const id = await createConversation(api.platform, await createChannel(api.platform, sector), {
      state: 'open',
      reason: 'limit-reached',
    });
    const sent = await (await api.as(ana)).post(`/v1/conversations/${id}/messages`, { text: '{{organization.name}}' });
    expect(sent.body.text).toBe('{{organization.name}}');
  });

  it('that does not exist is refused wherever it is written, with those that there are', async () => {
    await createVariable(api.platform, { name: 'known' });
    const sector = await createSector(api.platform);
    const text = 'Olá {{variable.unknown}}';
    const answers = [
      [await admin.patch(`/v1/sectors/${sector.id}`, { directionMessage: text }), 'body.directionMessage'],
      [await admin.patch(`/v1/sectors/${sector.id}`, { autoReply: { enabled: true, text } }), 'body.autoReply.text'],
      [
        await admin.post('/v1/sectors', { name: 'Nova', color: '#000000', directionMessage: text }),
        'body.directionMessage',
      ],
      [await admin.patch('/v1/organization', { autoReply: { text } }), 'body.autoReply.text'],
      [await admin.patch('/v1/organization', { emailSignature: text }), 'body.emailSignature'],
    ] as const;
    for (const [{ body }, path] of answers) {
      expect(body).toMatchObject({ status: 400, code: 'invalid-request', errors: [{ path }] });
      expect(body.errors[0].reason).toContain('{{variable.known}}');
    }
    const rule = await admin.post('/v1/automation-rules', {
      name: 'Aviso',
      event: 'conversation.created',
      conditions: [{ kind: 'always' }],
      actions: [{ kind: 'send-message', text }],
    });
    expect(rule.body).toMatchObject({ code: 'rule-invalid', errors: [{ path: 'body.actions.0.text' }] });
  });

  it('is not removed while a text names it', async () => {
    const { id, name } = await createVariable(api.platform);
    const other = await createVariable(api.platform, { name: `${name}_2` });
    const sector = await createSector(api.platform);
    await admin.patch(`/v1/sectors/${sector.id}`, { directionMessage: `Olá {{ variable.${name} }}` });
    const refused = await admin.delete(`/v1/variables/${id}`);
    expect(refused.body).toMatchObject({ status: 409, code: 'variable-in-use', sectors: [sector.id], rules: [] });
    expect((await admin.delete(`/v1/variables/${other.id}`)).status).toBe(204);
    await admin.patch(`/v1/sectors/${sector.id}`, { directionMessage: null });
    expect((await admin.delete(`/v1/variables/${id}`)).status).toBe(204);
  });

  it('that is named and removed in the same moment is either named or gone', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, name } = await createVariable(api.platform);
      const sector = await createSector(api.platform);
      const [named, removed] = await Promise.all([
        admin.patch(`/v1/sectors/${sector.id}`, { directionMessage: `{{variable.${name}}}` }),
        admin.delete(`/v1/variables/${id}`),
      ]);
      expect([named.status, removed.status].toSorted()).toEqual(
        named.status === 200 ? [200, 409] : [204, 400].toSorted(),
      );
    }
  });

  it('has a name for good, once, and a value without placeholders', async () => {
    const { body } = await admin.post('/v1/variables', { name: 'address', value: 'Rua Um, 1' });
    expect((await admin.post('/v1/variables', { name: 'address', value: 'x' })).body.code).toBe('name-taken');
    expect((await admin.patch(`/v1/variables/${body.id}`, { name: 'other' })).status).toBe(400);
    for (const name of ['Address', '1a', 'a b', 'a.b', '']) {
      expect((await admin.post('/v1/variables', { name, value: 'x' })).body.errors[0].path).toBe('body.name');
    }
    expect((await admin.patch(`/v1/variables/${body.id}`, { value: '{{variable.hours}}' })).status).toBe(400);
    const agent = await api.as(await createUser(api.platform));
    expect((await agent.get('/v1/variables')).body.items).toContainEqual(body);
    expect((await agent.post('/v1/variables', { name: 'mine', value: 'x' })).body.permission).toBe('set-variables');
  });
});

describe('the signature of mails', () => {
  it('stands below an invitation with what it names, and can be seen before', async () => {
    const { name, value } = await createVariable(api.platform);
    const emailSignature = `Equipe {{organization.name}}\n{{variable.${name}}}`;
    const preview = await admin.post('/v1/organization/email-signature/preview', { emailSignature });
    expect(preview.body.text).toMatch(new RegExp(`^Olá, Helena!\\n[^]+\\n-- \\nEquipe Prado\\n${value}\\n$`));
    expect((await admin.get('/v1/organization')).body.emailSignature).toBeNull();
    const unknown = await admin.post('/v1/organization/email-signature/preview', { emailSignature: '{{user.name}}' });
    expect(unknown.body.errors[0].path).toBe('body.emailSignature');

    expect((await admin.patch('/v1/organization', { emailSignature })).body.emailSignature).toBe(emailSignature);
    const server = await startMailServer();
    try {
      await queries(api.platform).deleteFrom('mail').execute();
      const email = `${name}@demo.example`;
      expect((await admin.post('/v1/users', { name: 'Davi', email, role: 'agent' })).status).toBe(201);
      await sendWaiting(api.platform, server);
      const [mail] = server.mails;
      expect(mail?.text).toContain(consoleUrl);
      expect(mail?.text.trimEnd().endsWith(`Equipe Prado\n${value}`)).toBe(true);
    } finally {
      await server.stop();
    }
    expect((await admin.patch('/v1/organization', { emailSignature: '' })).body.emailSignature).toBeNull();
  });
});
