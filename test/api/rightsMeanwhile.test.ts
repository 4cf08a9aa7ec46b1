import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Caller, startApi, type TestApi } from '../support/api.ts';
import { type BuiltSector, type BuiltUser, createSector, createUser, queries } from '../support/builders.ts';

let api: TestApi;
let sector: BuiltSector;
let happened = 0;

beforeAll(async () => {
  api = await startApi();
  sector = await createSector(api.platform);
  await createUser(api.platform, { role: 'administrator' });
});
afterEach(() => {
  vi.restoreAllMocks();
  // Whatever was refused was refused after it had been let in.
  expect(happened).toBeGreaterThan(0);
  happened = 0;
});
afterAll(() => api.stop());

async function administrator(): Promise<{ boss: BuiltUser; caller: Caller }> {
  const boss = await createUser(api.platform, { role: 'administrator' });
  return { boss, caller: await api.as(boss) };
}

/** Does something after the next request was let in, right before its transaction begins. */
function beforeTheTransaction(happen: () => Promise<unknown>): void {
  const { em } = api.platform.orm;
  const fork = em.fork.bind(em);
  const spy = vi.spyOn(em, 'fork').mockImplementation((options) => {
    const forked = fork(options);
    const transactional = forked.transactional.bind(forked);
    forked.transactional = async (work, how) => {
      spy.mockRestore();
      await happen();
      happened += 1;
      return transactional(work, how);
    };
    return forked;
  });
}

const become = async ({ id }: BuiltUser, role: 'agent' | 'administrator'): Promise<void> => {
  const db = queries(api.platform);
  const group = await db.selectFrom('permission_group').select('id').where('role', '=', role).executeTakeFirstOrThrow();
  await db.updateTable('users').set({ permissionGroupId: group.id }).where('id', '=', id).execute();
};

const description = async () =>
  (
    await queries(api.platform)
      .selectFrom('sector')
      .select('description')
      .where('id', '=', sector.id)
      .executeTakeFirstOrThrow()
  ).description;

describe('a change of settings by somebody whose rights end while it is under way', () => {
  const change = (caller: Caller, headers: Record<string, string> = {}) =>
    caller.patch(`/v1/sectors/${sector.id}`, { description: 'too late' }, { headers });

  it('is forbidden to who is no administrator any more', async () => {
    const { boss, caller } = await administrator();
    beforeTheTransaction(() => become(boss, 'agent'));
    const refused = await change(caller);
    expect([refused.status, refused.body.code, refused.body.permission]).toEqual([403, 'forbidden', 'update Sector']);
    expect(await description()).toBeNull();
  });

  it('needs a new sign-in of who was deactivated, or whose session ended', async () => {
    const { boss, caller } = await administrator();
    const db = queries(api.platform);
    beforeTheTransaction(() => db.updateTable('users').set({ active: false }).where('id', '=', boss.id).execute());
    expect((await change(caller)).status).toBe(401);
    const other = await administrator();
    beforeTheTransaction(() => db.deleteFrom('session').where('userId', '=', other.boss.id).execute());
    expect((await change(other.caller)).status).toBe(401);
    expect(await description()).toBeNull();
  });

  it('keeps no answer for its Idempotency-Key: with the right back it is done', async () => {
    const { boss, caller } = await administrator();
    const headers = { 'idempotency-key': 'rights-meanwhile' };
    beforeTheTransaction(() => become(boss, 'agent'));
    expect((await change(caller, headers)).status).toBe(403);
    await become(boss, 'administrator');
    expect((await change(caller, headers)).status).toBe(200);
    expect(await description()).toBe('too late');
  });
});
