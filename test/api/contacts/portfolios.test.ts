import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller, TestApi } from '../../support/api.ts';
import { type BuiltSector, type BuiltUser, createUser, queries } from '../../support/builders.ts';
import { type Company, noted, startCompany } from './company.ts';

let api: TestApi;
let sector: BuiltSector;
let ana: BuiltUser;
let asAna: Caller;
let asAdmin: Caller;
let withPermissions: Company['withPermissions'];

beforeAll(async () => {
  ({ api, sector, ana, asAna, asAdmin, withPermissions } = await startCompany());
});
afterAll(() => api.stop());

describe('portfolios', () => {
  let bruno: BuiltUser;
  beforeEach(async () => {
    bruno = await createUser(api.platform, { memberOf: [sector] });
  });

  test('are given and taken by whoever holds the permissions; another’s by administrators', async () => {
    const asBruno = await api.as(bruno);
    const { id } = await noted(asAna);
    const path = `/v1/contacts/${id}/portfolio`;
    expect(await asAna.put(path, { ownerId: ana.id })).toMatchObject({ status: 403 });
    await withPermissions(['add-to-portfolio', 'remove-from-own-portfolio'], async () => {
      expect(await asAna.put(path, { ownerId: ana.id })).toMatchObject({
        status: 200,
        body: { contactId: id, owner: { id: ana.id } },
      });
      expect((await asAna.get(`/v1/contacts/${id}`)).body.allowed).toEqual([
        'add-to-portfolio',
        'remove-from-portfolio',
      ]);
      // Somebody else’s: Bruno does not even see it.
      expect((await asBruno.delete(path)).status).toBe(404);
      expect(await asAna.put(path, { ownerId: bruno.id })).toMatchObject({ body: { owner: { id: bruno.id } } });
      expect((await asAna.delete(path)).status).toBe(404);
      expect((await asBruno.delete(path)).status).toBe(204);
    });
    expect((await asAdmin.put(path, { ownerId: bruno.id })).status).toBe(200);
    expect((await asAdmin.delete(path)).status).toBe(204);
    expect((await asAdmin.get(`/v1/contacts/${id}`)).body).toMatchObject({ owner: null, ownerSince: null });
  });

  test('take no owner who is not active', async () => {
    await queries(api.platform).updateTable('users').set({ active: false }).where('id', '=', bruno.id).execute();
    const { id } = await noted(asAdmin);
    expect(await asAdmin.put(`/v1/contacts/${id}/portfolio`, { ownerId: bruno.id })).toMatchObject({
      status: 409,
      body: { code: 'target-not-eligible', reason: 'inactive' },
    });
    expect(await asAdmin.put(`/v1/contacts/${id}/portfolio`, { ownerId: randomUUID() })).toMatchObject({ status: 400 });
  });
});
