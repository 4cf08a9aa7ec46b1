import { during, type Moment, type Past, pastOf } from '../moments.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { combinations } from '../sight.ts';
import type { Call, Snapshot, View } from '../snapshot.ts';

/**
 * R15 and R2: who is refused is told the truth. A late command gets `409` and what happened, never `404`, from whoever
 * could act when the last state began; an offer has ended when it is said to have; who is full is full.
 */
export const refusals: Property = {
  name: 'who loses a race is told so: 409 with the reason that was true, never 404, and the owner by name to those who may know',
  rules: 'R2, R14, R15',
  check(snapshot) {
    const finding = new Finding();
    const past = pastOf(snapshot);
    for (const call of snapshot.calls) {
      if (call.kind !== 'accept' && call.kind !== 'decline') continue;
      const { status, actorId, answeredAt } = call;
      // 401: signed out meanwhile.
      if (status === null || status < 400 || status === 401 || !actorId || answeredAt === null) continue;
      const wrong = mistake(snapshot, past, call, actorId, answeredAt);
      finding.expect(
        wrong === null,
        () =>
          `${call.kind} of ${short(call.targetId)} by ${short(actorId)}, answered at ${clock(answeredAt)} with ${status} ${call.code}: ${wrong}`,
      );
    }
    return finding;
  },
};

function mistake(snapshot: Snapshot, past: Past, call: Call, actorId: string, answeredAt: number): string | null {
  const { targetId, status, code, startedAt, asked, answer } = call;
  const possible = combinations(past, actorId, targetId, [startedAt, answeredAt]);
  const views = possible.map(({ view }) => view);
  switch (code) {
    case 'not-found':
      return couldNotKnow(past, actorId, targetId, [startedAt, answeredAt])
        ? null
        : 'they could act when the last state began';
    case 'already-assigned': {
      const assigned = possible.filter(({ view }) => view.state === 'assigned');
      if (assigned.length === 0) return 'nobody had it';
      if (answer['ownerId'] !== undefined) {
        const isNamed = assigned.some(({ view, sees }) => sees && view.ownerId === answer['ownerId']);
        return isNamed ? null : 'the owner that is named had it not, or was not for them to know';
      }
      return assigned.every(({ sees }) => sees) ? 'the owner is not named to somebody who may see it' : null;
    }
    case 'offer-expired': {
      const offer = snapshot.offers.find(({ id }) => id === asked['offerId']);
      return !offer || (offer.endedAt !== null && offer.endedAt <= answeredAt) ? null : 'the offer had not ended';
    }
    case 'conversation-closed':
      return views.some((view) => view.status === 'closed') ? null : 'it was not closed';
    case 'at-capacity':
      return mayBeFull(snapshot, past, actorId, call, views, answeredAt) ? null : 'they had a place free';
    case 'not-takeable':
      return views.some(
        (view) =>
          (view.state === 'offered' && view.designatedId !== actorId) ||
          (view.state === 'waiting' && !snapshot.sectors.find(({ id }) => id === view.sectorId)?.cherryPicking),
      )
        ? null
        : 'it could be taken';
    default:
      return `${status} is no answer to a late command`;
  }
}

/** In some state in which it may have been met, the caller neither saw it nor had been able to act before. */
function couldNotKnow(past: Past, actorId: string, id: string, [from, until]: readonly [number, number]): boolean {
  const moments = past.views.get(id) ?? [];
  const sees = combinations(past, actorId, id, [from, until]);
  return moments.some((moment, index) => {
    if (during([moment], from, until).length === 0) return false;
    const isSeen = sees.filter(({ view }) => view === moment.value).every((one) => one.sees);
    return !isSeen && !couldAct(past, actorId, moments, index, [from, until]);
  });
}

/** Certainly the former designated agent, or a member of the sector from which somebody else has just taken it. */
function couldAct(
  past: Past,
  actorId: string,
  moments: readonly Moment<View>[],
  index: number,
  [from, until]: readonly [number, number],
): boolean {
  const now = moments[index]!.value;
  const before = moments
    .slice(0, index)
    .findLast(({ value }) => isOther(value, now) && !past.passingOn.has(value))?.value;
  if (!before) return false;
  if (before.state === 'offered' && before.designatedId === actorId) return true;
  if (now.state !== 'assigned' || (before.state !== 'waiting' && before.state !== 'open')) return false;
  const lists = during(past.lists.get(now.channelId) ?? [], from, until);
  return (
    lists.every((list) => !list || list.includes(actorId)) &&
    during(past.sights.get(actorId) ?? [], from, until).every(
      (sight) => sight.active && sight.memberOf.has(before.sectorId),
    )
  );
}

const isOther = (a: View, b: View): boolean =>
  a.state !== b.state || a.sectorId !== b.sectorId || a.designatedId !== b.designatedId || a.ownerId !== b.ownerId;

function mayBeFull(
  snapshot: Snapshot,
  past: Past,
  actorId: string,
  { targetId, startedAt }: Call,
  views: readonly View[],
  answeredAt: number,
): boolean {
  const held = [...past.views].flatMap(([id, moments]) =>
    id === targetId
      ? []
      : during(moments, startedAt, answeredAt)
          .filter((view) => view.status === 'active' && (view.ownerId ?? view.designatedId) === actorId)
          .slice(0, 1),
  );
  const own = snapshot.users.find(({ id }) => id === actorId)?.capacity ?? null;
  if (own !== null && held.length >= own) return true;
  return views.some(({ sectorId }) => {
    const limit = snapshot.sectors.find(({ id }) => id === sectorId)?.capacity ?? null;
    return limit !== null && held.filter((view) => view.sectorId === sectorId).length >= limit;
  });
}
