import type { Permission } from '../../../src/domain/access/permissions.ts';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import { type BuiltSector, type BuiltUser, createSector, createUser, queries } from '../../support/builders.ts';

/** The API, an agent of its one sector, and an administrator. */
export interface Company {
  readonly api: TestApi;
  readonly sector: BuiltSector;
  /** The agent. */
  readonly ana: BuiltUser;
  readonly asAna: Caller;
  readonly asAdmin: Caller;
  /** Leaves the group of agents these permissions, for as long as the work lasts. */
  withPermissions(permissions: Permission[], work: () => Promise<void>): Promise<void>;
}

export async function startCompany(): Promise<Company> {
  const api = await startApi();
  const sector = await createSector(api.platform);
  const ana = await createUser(api.platform, { memberOf: [sector] });
  return {
    api,
    sector,
    ana,
    asAna: await api.as(ana),
    asAdmin: await api.as(await createUser(api.platform, { role: 'administrator' })),
    async withPermissions(permissions: Permission[], work: () => Promise<void>): Promise<void> {
      const group = queries(api.platform).updateTable('permission_group').where('role', '=', 'agent');
      const { permissions: before } = await queries(api.platform)
        .selectFrom('permission_group')
        .select('permissions')
        .where('role', '=', 'agent')
        .executeTakeFirstOrThrow();
      await group.set({ permissions }).execute();
      try {
        await work();
      } finally {
        await group.set({ permissions: before }).execute();
      }
    },
  };
}

let last = 0;
/** A telephone number that nobody has. */
export const number = (): string => `+5511${String(900_000_000 + last++)}`;
/** Makes a contact through the API. */
export const noted = async (caller: Caller, body: Record<string, unknown> = {}) =>
  (await caller.post('/v1/contacts', { externalId: number(), name: 'Maria', ...body })).body;
/** The reasons of a refusal, by path. */
export const reasons = (body: { errors: { path: string; reason: string }[] }) =>
  Object.fromEntries(body.errors.map(({ path, reason }) => [path, reason]));
