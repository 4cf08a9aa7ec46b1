import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, TestApi } from '../../support/api.ts';
import { createCustomField, createTag, queries } from '../../support/builders.ts';
import { noted, number, reasons, startCompany } from './company.ts';

let api: TestApi;
let asAna: Caller;
let asAdmin: Caller;

beforeAll(async () => {
  ({ api, asAna, asAdmin } = await startCompany());
});
afterAll(() => api.stop());

describe('tags', () => {
  test('are listed by their first use, spelled as the list spells them, and once', async () => {
    const mark = randomUUID().slice(0, 8);
    const { id } = await noted(asAna, { tags: [`Vip ${mark}`] });
    const changed = await asAna.patch(`/v1/contacts/${id}`, { tags: [`vip ${mark}`, `novo ${mark}`, `VIP ${mark}`] });
    expect(changed.body.tags).toEqual([`Vip ${mark}`, `novo ${mark}`]);
    const listed = (await asAna.get('/v1/tags?limit=200')).body.items.map((tag: { name: string }) => tag.name);
    expect(listed).toEqual(expect.arrayContaining([`Vip ${mark}`, `novo ${mark}`]));
    expect(listed.filter((name: string) => name.toLowerCase() === `vip ${mark}`)).toHaveLength(1);
    expect(await asAna.post('/v1/tags', { name: `VIP ${mark}` })).toMatchObject({
      status: 409,
      body: { code: 'name-taken' },
    });
  });

  test('that are archived stay where they are and are put on nothing more', async () => {
    const tag = await createTag(api.platform);
    const tagged = await noted(asAna, { tags: [tag.name] });
    expect(await asAdmin.patch(`/v1/tags/${tag.id}`, { archived: true })).toMatchObject({ body: { archived: true } });
    expect((await asAna.patch(`/v1/contacts/${tagged.id}`, { tags: [tag.name, 'outra'] })).status).toBe(200);
    const refused = await asAna.post('/v1/contacts', { externalId: number(), tags: ['outra', tag.name] });
    expect(refused.status).toBe(400);
    expect(reasons(refused.body)).toEqual({ 'body.tags.1': 'the tag is archived: it is put on nothing more' });
    await asAdmin.patch(`/v1/tags/${tag.id}`, { archived: false });
    expect((await asAna.post('/v1/contacts', { externalId: number(), tags: [tag.name] })).status).toBe(201);
  });
});

describe('custom fields', () => {
  test('that are defined are checked when they are written, from the first definition on', async () => {
    const { id } = await noted(asAna, { customFields: { qualquer: 'coisa' } });
    await createCustomField(api.platform, { key: 'nascimento', type: 'date' });
    const level = await asAdmin.post('/v1/custom-fields', {
      subject: 'contact',
      key: 'nivel',
      label: 'Nível',
      type: 'select',
      options: ['Ouro', 'Prata'],
    });
    expect(level.status).toBe(201);
    const change = (customFields: Record<string, string | null>) => asAna.patch(`/v1/contacts/${id}`, { customFields });
    const refused = await change({ nascimento: '31/12/1990', nivel: 'Bronze', cidade: 'Recife' });
    expect(refused.status).toBe(400);
    expect(reasons(refused.body)).toEqual({
      'body.customFields.nascimento': 'must be a date such as 2026-12-31',
      'body.customFields.nivel': 'must be one of: Ouro, Prata',
      'body.customFields.cidade': 'there is no such field; the fields are: nascimento, nivel',
    });
    expect((await change({ nascimento: '1990-12-31', nivel: 'Ouro', qualquer: null })).body.customFields).toEqual({
      nascimento: '1990-12-31',
      nivel: 'Ouro',
    });
    // An option that goes leaves those who have it alone.
    await asAdmin.patch(`/v1/custom-fields/${level.body.id}`, { options: ['Prata'] });
    expect((await change({ nivel: 'Ouro', nascimento: null })).body.customFields).toEqual({ nivel: 'Ouro' });
    await queries(api.platform).deleteFrom('custom_field').execute();
  });

  test('are administrators’ to define, with options for a select alone', async () => {
    const body = { subject: 'conversation', key: 'pedido', label: 'Pedido', type: 'text' };
    expect((await asAna.post('/v1/custom-fields', body)).status).toBe(403);
    expect((await asAdmin.post('/v1/custom-fields', { ...body, options: ['x'] })).status).toBe(400);
    expect((await asAdmin.post('/v1/custom-fields', { ...body, type: 'select' })).status).toBe(400);
    expect((await asAdmin.post('/v1/custom-fields', { ...body, key: 'Número' })).status).toBe(400);
    expect((await asAdmin.post('/v1/custom-fields', body)).status).toBe(201);
    expect(await asAdmin.post('/v1/custom-fields', body)).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    await queries(api.platform).deleteFrom('custom_field').execute();
  });
});
