import type { MikroORM } from '@mikro-orm/postgresql';
import { grantedAtFirst, type Role, roles } from '../domain/access/permissions.ts';
import { newId } from '../domain/ids.ts';
import { dbOf } from './db.ts';

const groupNames: Record<Role, string> = {
  administrator: 'Administrador',
  supervisor: 'Supervisor',
  agent: 'Atendente',
};

/** Creates what every installation has: one organisation, the built-in permission groups, the sequencer's row. */
export async function ensureFoundation(orm: MikroORM): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    const db = dbOf(em);
    await db
      .insertInto('installation')
      .values({ id: 1, lastPosition: 0, temporalNamespace: null, databasePlace: null, sweepDueAt: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await db
      .insertInto('permission_group')
      .values(
        roles.map((role) => ({ id: newId(), role, name: groupNames[role], permissions: [...grantedAtFirst[role]] })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const existing = await db.selectFrom('organization').select('id').executeTakeFirst();
    if (existing) return;
    await db
      .insertInto('organization')
      .values({
        id: newId(),
        name: 'Rodízio',
        timeZone: 'America/Sao_Paulo',
        hours: null,
        autoReply: { enabled: false, text: '' },
        distribution: {
          mode: 'sequential',
          offerTimeoutMs: 600_000,
          distributionLimitMs: 1_800_000,
          overflow: true,
          capacity: null,
          cherryPicking: true,
        },
        selfAvailability: false,
        createdAt: new Date(),
      })
      .execute();
  });
}
