import type { AppAbility } from '../../../domain/access/ability.ts';
import { judgePortfolioChange } from '../../../domain/contact/portfolio.ts';
import { noSuch, Refusal } from '../../../domain/errors.ts';
import type { ContactId, UserId } from '../../../domain/ids.ts';
import type { Person } from '../../repositories/principals.ts';
import type { Unit } from '../../unit.ts';
import { lockVisibleContact } from './lockContact.ts';

/**
 * R29: gives a contact to the portfolio of `ownerId`, or takes it out of the one that it is in (`null`). What runs
 * stays with whoever has it; the next conversation goes by the new owner.
 * @throws Refusal `not-found`, `forbidden`, `invalid-request` for an unknown owner, `target-not-eligible` for one who left
 */
export async function setPortfolio(
  unit: Unit,
  who: { readonly person: Person; readonly ability: AppAbility },
  id: ContactId,
  ownerId: UserId | null,
): Promise<void> {
  const before = await lockVisibleContact(unit, who, id);
  judgePortfolioChange(who.person, before.ownerId ?? null, ownerId);
  if ((before.ownerId ?? null) === ownerId) return;
  if (ownerId) await holdOwner(unit, ownerId);
  const now = await unit.now();
  await unit.db
    .updateTable('contact')
    .set({ ownerId, ownerSince: ownerId ? now : null, updatedAt: now })
    .where('id', '=', id)
    .execute();
}

/**
 * Keeps somebody from being deactivated before they have what is given to them.
 * @throws Refusal `invalid-request`, `target-not-eligible`
 */
export async function holdOwner(unit: Unit, ownerId: UserId): Promise<void> {
  const owner = await unit.db
    .selectFrom('users')
    .select(['active', 'permissionGroupId'])
    .where('id', '=', ownerId)
    .forShare()
    .executeTakeFirst();
  if (!owner?.permissionGroupId) throw noSuch('user', 'body.ownerId');
  if (!owner.active)
    throw new Refusal('target-not-eligible', 'Somebody who is not active looks after nobody.', {
      userId: ownerId,
      reason: 'inactive',
    });
}
