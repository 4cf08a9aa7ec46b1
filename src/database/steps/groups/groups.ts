import { sql } from 'kysely';
import { noSuch, notFound, Refusal } from '../../../domain/errors.ts';
import { type ClientGroupId, type ClientId, newId, type UserId } from '../../../domain/ids.ts';
import { uniqueOr } from '../../failures.ts';
import type { Unit } from '../../unit.ts';

const nameTaken = (): Refusal => new Refusal('name-taken', 'Another client group has this name.');

/**
 * Keeps the module as it is until the end of the transaction.
 * @throws Refusal `module-off` while an administrator has not switched it on (product, B1)
 */
export async function assertModuleOn(unit: Unit): Promise<void> {
  const { clientGroups } = await unit.db
    .selectFrom('organization')
    .select('clientGroups')
    .forShare()
    .executeTakeFirstOrThrow();
  if (clientGroups) return;
  throw new Refusal(
    'module-off',
    'Client groups and dispatches are switched off; an administrator switches them on in the organisation (clientGroups.enabled).',
    { module: 'client-groups' },
  );
}

/** @throws Refusal `module-off`, `name-taken` */
export async function createGroup(unit: Unit, input: { readonly name: string }): Promise<ClientGroupId> {
  await assertModuleOn(unit);
  const id = newId<ClientGroupId>();
  await uniqueOr(
    'client_group_name_unique',
    nameTaken,
    unit.db
      .insertInto('client_group')
      .values({ id, name: input.name, createdAt: await unit.now(), deletedAt: null })
      .execute(),
  );
  return id;
}

/** @throws Refusal `module-off`, `not-found`, `name-taken` */
export async function renameGroup(unit: Unit, id: ClientGroupId, name: string): Promise<void> {
  await assertModuleOn(unit);
  await lockGroup(unit, id);
  await uniqueOr(
    'client_group_name_unique',
    nameTaken,
    unit.db.updateTable('client_group').set({ name }).where('id', '=', id).execute(),
  );
}

/** What stands in the way of a group's deletion. */
interface GroupDependencies {
  readonly clients: readonly ClientId[];
  readonly members: readonly UserId[];
  /** How many that are not closed. */
  readonly conversations: number;
  /** How many that are not over. */
  readonly dispatches: number;
}

/**
 * Deletes a group on which nothing depends; it is kept, hidden, for what was tied to it and is over.
 * @throws Refusal `module-off`, `not-found`, `group-in-use` with `dependencies`
 */
export async function deleteGroup(unit: Unit, id: ClientGroupId): Promise<void> {
  await assertModuleOn(unit);
  const held = await unit.db
    .selectFrom('client_group')
    .select('id')
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!held) throw notFound('client group');
  const { rows } = await sql<GroupDependencies>`
    select array(select c.id from client c where c.group_id = ${id} order by 1) as clients,
           array(select m.user_id from client_group_member m where m.group_id = ${id} order by 1) as members,
           (select count(*)::int from conversation c where c.group_id = ${id} and c.status = 'active') as conversations,
           (select count(*)::int from dispatch d
             where d.group_id = ${id} and d.state in ('open', 'in-progress')) as dispatches`.execute(unit.db);
  const dependencies = rows[0]!;
  const { conversations, dispatches, ...lists } = dependencies;
  if (conversations + dispatches > 0 || Object.values(lists).some((ids) => ids.length > 0)) {
    throw new Refusal('group-in-use', 'Something still depends on this client group.', { dependencies });
  }
  await unit.db
    .updateTable('client_group')
    .set({ deletedAt: await unit.now() })
    .where('id', '=', id)
    .execute();
}

/** Holds a group while somebody joins or leaves it. @throws Refusal `not-found` */
export async function lockGroup(unit: Unit, id: ClientGroupId): Promise<void> {
  const found = await unit.db
    .selectFrom('client_group')
    .select('id')
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!found) throw notFound('client group');
}

/**
 * Keeps a group from being deleted while something comes to depend on it.
 * @throws Refusal `module-off`, `invalid-request` for one that does not exist
 */
export async function holdGroup(unit: Unit, id: ClientGroupId): Promise<void> {
  await assertModuleOn(unit);
  const found = await unit.db
    .selectFrom('client_group')
    .select('id')
    .where('id', '=', id)
    .where('deletedAt', 'is', null)
    .forKeyShare()
    .executeTakeFirst();
  if (!found) throw noSuch('client group', 'body.groupId');
}
