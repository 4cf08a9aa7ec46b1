import type { InferEntity } from '@mikro-orm/postgresql';
import type { SectorId } from '../../../domain/ids.ts';
import type { Organization } from '../../entities/organization.ts';
import type { Unit } from '../../unit.ts';
import { recount } from '../messageLimit.ts';
import { assertPlaceholders } from './placeholders.ts';
import { beginHours, sameHours } from './sectorHours.ts';

export type OrganizationRow = InferEntity<typeof Organization>;
export type OrganizationChanges = Partial<Omit<OrganizationRow, 'id' | 'createdAt'>>;

/**
 * Changes what holds unless a sector says otherwise. New hours are versioned for every sector that inherits them, in
 * the same transaction (R23, R27).
 * @throws Refusal what `merge` refuses; `invalid-request` for a text that names what there is not
 */
export async function updateOrganization(
  unit: Unit,
  merge: (present: OrganizationRow) => OrganizationChanges,
): Promise<void> {
  const before = await unit.db.selectFrom('organization').selectAll().forNoKeyUpdate().executeTakeFirstOrThrow();
  const changes = merge(before);
  if (Object.keys(changes).length === 0) return;
  await assertPlaceholders(unit, [
    { path: 'body.autoReply.text', text: changes.autoReply?.text },
    { path: 'body.emailSignature', text: changes.emailSignature },
  ]);
  await unit.db.updateTable('organization').set(changes).where('id', '=', before.id).execute();
  if (narrows({ ...before, ...changes }) !== narrows(before)) await regroup(unit);
  await countAgain(unit, before, changes);
  if (changes.hours === undefined || sameHours(before.hours ?? null, changes.hours)) return;
  await beginHours(unit, await inheritingSectors(unit), changes.hours);
}

/** R30: whether client groups narrow who is considered. */
const narrows = ({ clientGroups, groupTie }: Pick<OrganizationRow, 'clientGroups' | 'groupTie'>): boolean =>
  clientGroups && groupTie === 'automatic';

/** What is tied already is looked at again, sector by sector in the order of the queues (R27). */
async function regroup(unit: Unit): Promise<void> {
  const sectors = await unit.db
    .selectFrom('conversation')
    .select('sectorId')
    .distinct()
    .where('status', '=', 'active')
    .where('groupId', 'is not', null)
    .orderBy('sectorId')
    .execute();
  for (const { sectorId } of sectors) unit.wake({ workflow: 'sector', targetId: sectorId, signal: 'settingsChanged' });
}

/** Another limit, or another month by another time zone: what was sent counts from its beginning. */
async function countAgain(unit: Unit, before: OrganizationRow, changes: OrganizationChanges): Promise<void> {
  const { messagesPerMonth = null, timeZone } = { ...before, ...changes };
  if (messagesPerMonth === null) return;
  if (messagesPerMonth === (before.messagesPerMonth ?? null) && timeZone === before.timeZone) return;
  await recount(unit, { messagesPerMonth, timeZone });
}

async function inheritingSectors(unit: Unit): Promise<SectorId[]> {
  const rows = await unit.db
    .selectFrom('sector')
    .select('id')
    .where('hours', 'is', null)
    .where('deletedAt', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  return rows.map(({ id }) => id);
}
