import { eachChoice, UNDER_WAY_MS } from '../choices.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { byCreation, ineligible, isFull, membersOf, type Person, type World } from '../replay.ts';
import type { Story } from '../story.ts';
import type { Snapshot } from '../snapshot.ts';

/** R4: who let it go last decides where the next search begins; the arrow decides where a first one does. */
export const passingOn: Property = {
  name: 'each offer goes to the first who could have it, from the arrow or after the one who let it go',
  rules: 'R1, R3, R4, R5, R19',
  check(snapshot) {
    const finding = new Finding();
    eachChoice(
      snapshot,
      ({ event, conversationId, agentId, sectorId, channelId, direct, decision, round }, world, story) => {
        const where = `${short(conversationId)} at ${clock(event.at)}`;
        const asked = decision.considered.map(({ userId }) => userId);
        finding.expect(
          asked.at(-1) === agentId && decision.considered.at(-1)?.outcome === 'offered',
          () => `${where}: the decision names ${short(asked.at(-1))}, the offer went to ${short(agentId)}`,
        );
        if (direct) return;
        const members = membersOf(world, sectorId);
        const order = story.after
          ? startingAfter(members, world.people.get(story.after))
          : startingAt(members, world.people.get(decision.pointerBefore?.userId ?? ''));
        const expected = order.slice(0, order.findIndex(({ id }) => id === agentId) + 1).map(({ id }) => id);
        const changed = [...world.people.values()].some(({ changedAt }) => changedAt > event.at - UNDER_WAY_MS);
        finding.expect(
          asked.join() === expected.join() || changed,
          () => `${where}: asked ${asked.map(short).join(' ')} instead of ${expected.map(short).join(' ')}`,
        );
        for (const { userId, outcome } of decision.considered.slice(0, -1)) {
          finding.expect(
            isTrue(outcome, userId, {
              world,
              story,
              snapshot,
              sectorId,
              channelId,
              conversationId,
              round,
              at: event.at,
            }),
            () => `${where}: ${short(userId)} was passed over as ${outcome}, which was not so`,
          );
        }
      },
    );
    return finding;
  },
};

/** R4, R11: what a conversation remembers of its own distribution stands under its lock: no tolerance here. */
export const rounds: Property = {
  name: 'nobody has one conversation twice in a round, and a new round begins only when everybody has had it',
  rules: 'R4',
  check(snapshot) {
    const finding = new Finding();
    const seen = new Set<string>();
    for (const { conversationId, distributionNumber, round, agentId } of snapshot.offers) {
      const key = `${conversationId} ${distributionNumber} ${round} ${agentId}`;
      finding.expect(
        !seen.has(key),
        () =>
          `${short(conversationId)} went to ${short(agentId)} twice in round ${round} of distribution ${distributionNumber}`,
      );
      seen.add(key);
    }
    eachChoice(snapshot, ({ event, conversationId, sectorId, channelId, direct, round }, world, story) => {
      if (direct) return;
      finding.expect(
        round === story.round || round === story.round + 1,
        () => `${short(conversationId)} went from round ${story.round} to ${round}`,
      );
      if (round === story.round) return;
      const left = membersOf(world, sectorId).find(
        (person) =>
          !story.had.has(person.id) &&
          !story.declined.has(person.id) &&
          !(story.returnedBy === person.id && story.round === 1) &&
          ineligible(world, person.id, sectorId, channelId) === null &&
          !isFull(world, snapshot, person.id, sectorId, conversationId) &&
          Math.max(person.changedAt, person.loadChangedAt) < event.at - UNDER_WAY_MS,
      );
      finding.expect(
        left === undefined,
        () =>
          `${short(conversationId)} began round ${round} at ${clock(event.at)} although ${short(left?.id)} had not had it`,
      );
    });
    return finding;
  },
};

/** R11. */
export const declinedNeverAgain: Property = {
  name: 'who declined is not offered it again in the same distribution',
  rules: 'R11',
  check(snapshot) {
    const finding = new Finding();
    eachChoice(snapshot, ({ event, conversationId, agentId, offer }, _world, story) => {
      finding.expect(
        !story.declined.has(agentId),
        () => `${short(conversationId)}: ${short(agentId)} declined and got it again at ${clock(event.at)}`,
      );
      if (offer)
        finding.expect(
          offer.distributionNumber === story.distribution,
          () =>
            `${short(conversationId)}: offer ${offer.number} is of distribution ${offer.distributionNumber}, its events count ${story.distribution}`,
        );
    });
    return finding;
  },
};

const rotate = (members: readonly Person[], at: number): Person[] =>
  at < 0 ? [...members] : [...members.slice(at), ...members.slice(0, at)];
const startingAt = (members: readonly Person[], place: Person | undefined): Person[] =>
  rotate(members, place ? members.findIndex((member) => byCreation(member, place) >= 0 || member.id === place.id) : 0);
const startingAfter = (members: readonly Person[], place: Person | undefined): Person[] =>
  rotate(members, place ? members.findIndex((member) => member.id !== place.id && byCreation(member, place) > 0) : 0);

interface Around {
  readonly world: World;
  readonly story: Story;
  readonly snapshot: Snapshot;
  readonly sectorId: string;
  readonly channelId: string;
  readonly conversationId: string;
  readonly round: number;
  readonly at: number;
}

/** R5: whether a reason for passing somebody over was so, or was so when the step may have read it. */
function isTrue(
  reason: string,
  userId: string,
  { world, story, snapshot, sectorId, channelId, conversationId, round, at }: Around,
): boolean {
  const person = world.people.get(userId);
  if (!person) return false;
  const recently = (changedAt: number): boolean => changedAt > at - UNDER_WAY_MS;
  switch (reason) {
    case 'declined':
      return story.declined.has(userId);
    case 'returned-it':
      return story.returnedBy === userId;
    case 'already-offered-this-round':
      return story.had.has(userId) || round > story.round;
    case 'at-capacity':
      return isFull(world, snapshot, userId, sectorId, conversationId) || recently(person.loadChangedAt);
    default:
      return (
        ineligible(world, userId, sectorId, channelId) === reason ||
        recently(person.changedAt) ||
        recently(world.listChangedAt.get(channelId) ?? 0)
      );
  }
}
