import type { InferEntity } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { noSuch, notFound, Refusal } from '../../../domain/errors.ts';
import { type ClientGroupId, type ClientId, newId, type RuleId } from '../../../domain/ids.ts';
import type { Client } from '../../entities/groups.ts';
import { uniqueOr } from '../../failures.ts';
import type { Unit } from '../../unit.ts';
import { holdGroup } from './groups.ts';

export type ClientRow = InferEntity<typeof Client>;

export interface NewClient {
  readonly name: string;
  readonly reference: string | null;
  readonly groupId: ClientGroupId | null;
}

export interface ClientChanges {
  readonly name?: string;
  readonly reference?: string | null;
  /** The group that is responsible for it from now on; conversations that run keep theirs. */
  readonly groupId?: ClientGroupId | null;
  readonly archived?: boolean;
}

const nameTaken = (): Refusal => new Refusal('name-taken', 'There is a client account of this name.');

/** @throws Refusal `name-taken`, `invalid-request` for an unknown group, `module-off` for a group without the module */
export async function createClient(unit: Unit, input: NewClient): Promise<ClientId> {
  if (input.groupId) await holdGroup(unit, input.groupId);
  const id = newId<ClientId>();
  await uniqueOr(
    'client_name_unique',
    nameTaken,
    unit.db
      .insertInto('client')
      .values({ id, ...input, createdAt: await unit.now(), archivedAt: null })
      .execute(),
  );
  return id;
}

/** @throws Refusal `not-found`, `name-taken`, `invalid-request` for an unknown group, `module-off` */
export async function updateClient(unit: Unit, id: ClientId, changes: ClientChanges): Promise<void> {
  const { archived, ...columns } = changes;
  if (columns.groupId) await holdGroup(unit, columns.groupId);
  const before = await unit.db
    .selectFrom('client')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!before) throw notFound('client account');
  const after = {
    ...columns,
    ...(archived === undefined ? {} : { archivedAt: archived ? (before.archivedAt ?? (await unit.now())) : null }),
  };
  if (Object.keys(after).length === 0) return;
  await uniqueOr(
    'client_name_unique',
    nameTaken,
    unit.db.updateTable('client').set(after).where('id', '=', id).execute(),
  );
}

/** What stands in the way of a client account's deletion. */
interface ClientDependencies {
  readonly contacts: number;
  readonly conversations: number;
  readonly dispatches: number;
  readonly rules: readonly RuleId[];
}

/**
 * Deletes a client account that nothing names; one that was used is archived instead. The row is held against whoever
 * would name it meanwhile.
 * @throws Refusal `not-found`, `client-in-use` with `dependencies`
 */
export async function deleteClient(unit: Unit, id: ClientId): Promise<void> {
  const held = await unit.db.selectFrom('client').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!held) throw notFound('client account');
  const { rows } = await sql<ClientDependencies>`
    select (select count(*)::int from contact k where k.client_id = ${id}) as contacts,
           (select count(*)::int from conversation c where c.client_id = ${id}) as conversations,
           (select count(*)::int from dispatch d where d.client_id = ${id}) as dispatches,
           array(select r.id from automation_rule r
                  where jsonb_path_exists(r.conditions, '$.**.clientId ? (@ == $id)', jsonb_build_object('id', ${id}::text))
                  order by 1) as rules`.execute(unit.db);
  const dependencies = rows[0]!;
  const { rules, ...counts } = dependencies;
  if (rules.length > 0 || Object.values(counts).some((count) => count > 0)) {
    throw new Refusal('client-in-use', 'Something names this client account; archive it instead.', { dependencies });
  }
  await unit.db.deleteFrom('client').where('id', '=', id).execute();
}

/**
 * Keeps a client account from being deleted while something comes to name it.
 * @throws Refusal `invalid-request` for one that does not exist, or that is archived
 */
export async function holdClient(unit: Unit, id: ClientId, path = 'body.clientId'): Promise<ClientRow> {
  const found = await unit.db.selectFrom('client').selectAll().where('id', '=', id).forKeyShare().executeTakeFirst();
  if (!found) throw noSuch('client account', path);
  if (!found.archivedAt) return found;
  throw new Refusal('invalid-request', 'Some fields are not valid.', {
    errors: [{ path, reason: 'the client account is archived: it is given to nothing more' }],
  });
}
