import { Finding, type Property, short } from '../property.ts';
import { replay } from '../replay.ts';

/** Never: an owner who is neither a member of the conversation's sector nor an administrator. */
export const ownersBelong: Property = {
  name: 'every owner is a member of the conversation’s sector or an administrator, and active',
  rules: 'Never, R16, R22',
  check(snapshot) {
    const finding = new Finding();
    replay(
      snapshot,
      () => {},
      (step, world) => {
        const touched = new Set(step.flatMap(({ conversationId }) => (conversationId ? [conversationId] : [])));
        for (const { data } of step) {
          const leaving = (data['change'] as { userId?: string } | undefined)?.userId;
          for (const id of world.held.get(leaving ?? '')?.keys() ?? []) touched.add(id);
        }
        for (const id of touched) {
          const view = world.stories.get(id)?.view;
          if (view?.status !== 'active' || !view.ownerId) continue;
          const owner = world.people.get(view.ownerId);
          finding.expect(
            owner !== undefined &&
              owner.active &&
              (owner.role === 'administrator' || owner.memberOf.has(view.sectorId)),
            () =>
              `${short(id)} is owned by ${short(view.ownerId)}, no active member of ${short(view.sectorId)}, since ${step[0]!.type}`,
          );
        }
      },
    );
    return finding;
  },
};
