import { sql } from 'kysely';
import { Refusal } from '../../../domain/errors.ts';
import type { UserId } from '../../../domain/ids.ts';
import { lockUsers } from '../../repositories/members.ts';
import type { Unit } from '../../unit.ts';

const administrators = sql`
  select u.id from users u join permission_group g on g.id = u.permission_group_id where g.role = 'administrator'`;

/** Locks these users together with every administrator: of two who take the right from each other, one is second. */
export async function lockWithAdministrators(unit: Unit, users: readonly UserId[]): Promise<void> {
  const { rows } = await sql<{ id: UserId }>`${administrators}`.execute(unit.db);
  await lockUsers(unit.db, [...new Set([...users, ...rows.map(({ id }) => id)])]);
}

/**
 * Somebody must remain who can sign in and administrate. The caller has locked the administrators.
 * @throws Refusal `last-administrator`
 */
export async function assertNotLastAdministrator(unit: Unit, leaving: UserId): Promise<void> {
  const { rows } =
    await sql`${administrators} and u.active and u.verified_at is not null and u.id <> ${leaving} limit 1`.execute(
      unit.db,
    );
  if (rows.length > 0) return;
  throw new Refusal(
    'last-administrator',
    'This is the last administrator who can sign in; make somebody else one first.',
  );
}
