import { type ClientGroupId, type ClientId, newId, type UserId } from '../../../src/domain/ids.ts';
import { type GroupFunction, groupFunctions, type GroupTie } from '../../../src/domain/group/functions.ts';
import type { Platform } from '../../../src/database/unit.ts';
import { type BuiltUser, createUser } from './people.ts';
import { laterThanTheLast, queries, unique } from './rows.ts';

/** Switches client groups on, with this way of tying. */
export const switchGroupsOn = async (platform: Platform, groupTie: GroupTie = 'automatic'): Promise<void> => {
  await queries(platform).updateTable('organization').set({ clientGroups: true, groupTie }).execute();
};

export async function createClientGroup(
  platform: Platform,
  name = unique('Grupo'),
): Promise<{ readonly id: ClientGroupId; readonly name: string }> {
  const id = newId<ClientGroupId>();
  await queries(platform)
    .insertInto('client_group')
    .values({ id, name, createdAt: laterThanTheLast(), deletedAt: null })
    .execute();
  return { id, name };
}

/** A client account, of a group where one is named. */
export async function createClient(
  platform: Platform,
  group: { readonly id: ClientGroupId } | null = null,
  name = unique('Cliente'),
): Promise<{ readonly id: ClientId; readonly name: string }> {
  const id = newId<ClientId>();
  await queries(platform)
    .insertInto('client')
    .values({ id, name, reference: null, groupId: group?.id ?? null, createdAt: laterThanTheLast(), archivedAt: null })
    .execute();
  return { id, name };
}

/** Makes the user a member of a client group without any step. */
export async function joinGroup(
  platform: Platform,
  group: { readonly id: ClientGroupId },
  user: { readonly id: UserId },
  functions: readonly GroupFunction[] = groupFunctions,
): Promise<void> {
  await queries(platform)
    .insertInto('client_group_member')
    .values({ groupId: group.id, userId: user.id, functions: [...functions] })
    .execute();
}

/** Makes somebody a member of a client group who holds everything that its functions take. */
export async function createGroupMember(
  platform: Platform,
  group: { readonly id: ClientGroupId },
  functions: readonly GroupFunction[] = groupFunctions,
  overrides: Parameters<typeof createUser>[1] = {},
): Promise<BuiltUser> {
  const user = await createUser(platform, { role: 'supervisor', ...overrides });
  await joinGroup(platform, group, user, functions);
  return user;
}
