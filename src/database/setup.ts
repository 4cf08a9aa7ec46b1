import type { MikroORM } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { newId, type UserId } from '../domain/ids.ts';
import { dbOf } from './db.ts';
import { hashPassword, verifyPassword } from './passwords.ts';

/**
 * Creates the first administrator, verified and with a password, when there is no administrator at all; otherwise
 * changes nothing. Safe to run from several processes at once.
 */
export async function ensureAdministrator(
  orm: MikroORM,
  first: { readonly email: string; readonly password: string },
): Promise<void> {
  const passwordHash = await hashPassword(first.password);
  await orm.em.fork().transactional(async (em) => {
    const db = dbOf(em);
    // Held, so that of several processes one creates and the others find.
    const group = await db
      .selectFrom('permission_group')
      .select('id')
      .where('role', '=', 'administrator')
      .forUpdate()
      .executeTakeFirstOrThrow();
    const existing = await db
      .selectFrom('users')
      .select('id')
      .where('permissionGroupId', '=', group.id)
      .limit(1)
      .executeTakeFirst();
    if (existing) return;
    await db
      .insertInto('users')
      .values({
        id: newId<UserId>(),
        name: first.email.split('@')[0] ?? first.email,
        email: first.email,
        department: null,
        passwordHash,
        verifiedAt: sql<Date>`clock_timestamp()`,
        active: true,
        permissionGroupId: group.id,
        permissionExceptions: {},
        available: true,
        availabilityReason: null,
        availabilityUntil: null,
        capacity: null,
        defaultSectorId: null,
        createdAt: sql<Date>`clock_timestamp()`,
      })
      .execute();
  });
}

/**
 * Makes `password` that of the users with these addresses, unless the first of them has it already; the sessions of
 * before end. For accounts that the deployment configures, never for people who chose their own.
 */
export async function ensurePassword(
  orm: MikroORM,
  emails: readonly [string, ...string[]],
  password: string,
): Promise<void> {
  const byEmail = sql<string>`lower(email)`;
  const first = await dbOf(orm.em.fork())
    .selectFrom('users')
    .select('passwordHash')
    .where(byEmail, '=', emails[0].toLowerCase())
    .executeTakeFirst();
  if (!first || (await verifyPassword(first.passwordHash ?? null, password))) return;
  const passwordHash = await hashPassword(password);
  await orm.em.fork().transactional(async (em) => {
    const db = dbOf(em);
    const changed = await db
      .updateTable('users')
      .set({ passwordHash })
      .where(
        byEmail,
        'in',
        emails.map((email) => email.toLowerCase()),
      )
      .returning('id')
      .execute();
    await db
      .deleteFrom('session')
      .where(
        'userId',
        'in',
        changed.map(({ id }) => id),
      )
      .execute();
  });
}
