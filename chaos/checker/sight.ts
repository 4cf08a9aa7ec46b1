import { during, type Past, type Sight } from './moments.ts';
import type { View } from './snapshot.ts';
import type { Shown } from './watched.ts';

/** "Who sees it" (routing rules), read plainly: offered to the designated agent, supervisors and administrators only. */
export function maySee(sight: Sight, list: readonly string[] | null, view: View): boolean {
  if (!sight.active) return false;
  if (sight.role === 'administrator') return true;
  if (list && !list.includes(sight.id)) return false;
  const functions = sight.memberOf.get(view.sectorId);
  if (!functions) return false;
  return view.state !== 'offered' || view.designatedId === sight.id || functions.includes('supervisor');
}

/** Whether a view of the lists has room for a conversation that the person may see. */
export function belongs(name: string, sight: Sight, view: View): boolean {
  if (view.status !== 'active') return false;
  const isMine = sight.role === 'administrator' || sight.memberOf.has(view.sectorId);
  switch (name) {
    case 'new':
      return view.state === 'offered' && view.designatedId === sight.id;
    case 'mine':
      return view.ownerId === sight.id;
    case 'sector':
      return view.state === 'waiting' && isMine;
    case 'open':
      return view.state === 'open' && isMine;
    default:
      return true;
  }
}

/** Every state in which the conversation may have been between two instants, with every right that the person may have had. */
export function combinations(
  past: Past,
  personId: string,
  conversationId: string,
  [from, until]: readonly [number, number],
): { readonly view: View; readonly sight: Sight; readonly sees: boolean }[] {
  const sights = during(past.sights.get(personId) ?? [], from, until);
  return during(past.views.get(conversationId) ?? [], from, until).flatMap((view) =>
    during(past.lists.get(view.channelId) ?? [], from, until).flatMap((list) =>
      sights.map((sight) => ({ view, sight, sees: maySee(sight, list, view) })),
    ),
  );
}

export const isShownAs = (shown: Shown, view: View): boolean =>
  shown.status === view.status &&
  shown.state === view.state &&
  shown.sectorId === view.sectorId &&
  shown.channelId === view.channelId &&
  shown.ownerId === view.ownerId &&
  (shown.offer?.agentId ?? null) === view.designatedId;
