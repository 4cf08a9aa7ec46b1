import { eachChoice, UNDER_WAY_MS } from '../choices.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { byCreation, ineligible, isFull, type Person, type World } from '../replay.ts';
import type { Snapshot } from '../snapshot.ts';

/** R3: each first offer reads the arrow where the last one left it, and leaves it at the agent after the chosen one. */
export const arrow: Property = {
  name: 'the arrow moves by one agent with every first offer, by nothing else, and survives everything',
  rules: 'R1, R3',
  check(snapshot) {
    const finding = new Finding();
    const arrows = new Map<string, string | null>();
    eachChoice(snapshot, ({ event, conversationId, agentId, sectorId, channelId, direct, decision }, world, story) => {
      const key = `${sectorId} ${decision.scope}`;
      const { pointerBefore: before, pointerAfter: after } = decision;
      const stood = arrows.get(key) ?? null;
      const where = `${short(conversationId)} at ${clock(event.at)}`;
      finding.expect(
        (before?.userId ?? null) === stood,
        () => `${where}: the arrow stood at ${short(stood)}, the offer read ${short(before?.userId)}`,
      );
      if (direct || story.after !== null) {
        finding.expect(
          (after?.userId ?? null) === stood,
          () =>
            `${where}: an offer that does not read the arrow moved it from ${short(stood)} to ${short(after?.userId)}`,
        );
        return;
      }
      const next = nextAgent(world, sectorId, channelId, agentId);
      const isUnsure = changedNear(world, channelId, event.at);
      finding.expect(
        after?.userId === next || isUnsure,
        () => `${where}: after ${short(agentId)} the arrow went to ${short(after?.userId)} instead of ${short(next)}`,
      );
      arrows.set(key, after?.userId ?? null);
    });
    for (const { sectorId, scope, userId } of snapshot.pointers) {
      const stood = arrows.get(`${sectorId} ${scope}`) ?? null;
      finding.expect(
        stood === userId,
        () =>
          `the arrow of ${short(sectorId)} (${scope}) stands at ${short(userId)}, the last offer left it at ${short(stood)}`,
      );
    }
    return finding;
  },
};

const agentsOf = (world: World, sectorId: string, channelId: string): Person[] =>
  [...world.people.values()]
    .filter(
      (person) =>
        person.memberOf.get(sectorId)?.includes('agent') && (world.lists.get(channelId)?.includes(person.id) ?? true),
    )
    .toSorted(byCreation);

function nextAgent(world: World, sectorId: string, channelId: string, agentId: string): string {
  const agents = agentsOf(world, sectorId, channelId);
  const at = agents.findIndex(({ id }) => id === agentId);
  return agents[(at + 1) % agents.length]?.id ?? agentId;
}

/** Members may join or leave while a step is under way. */
const changedNear = (world: World, channelId: string, at: number): boolean =>
  (world.listChangedAt.get(channelId) ?? 0) > at - UNDER_WAY_MS ||
  [...world.people.values()].some((person) => person.changedAt > at - UNDER_WAY_MS);

/** R3: of two agents who could have had every first offer of a stretch, neither got two more than the other. */
export const fairness: Property = {
  name: 'first offers from one arrow to agents who could always have had them differ by at most one',
  rules: 'R3',
  check(snapshot) {
    const finding = new Finding();
    const stretches = new Map<string, Map<string, Stretch>>();
    eachChoice(snapshot, (choice, world, story) => {
      if (choice.direct || story.after !== null) return;
      const { event, conversationId, agentId, sectorId, channelId, decision } = choice;
      const key = `${sectorId} ${decision.scope}`;
      const pairs = stretches.get(key) ?? new Map<string, Stretch>();
      stretches.set(key, pairs);
      const skipped = new Set(
        decision.considered.filter(({ outcome }) => outcome !== 'offered').map(({ userId }) => userId),
      );
      const able = agentsOf(world, sectorId, channelId).filter(
        (person) =>
          !skipped.has(person.id) && isSteady(world, snapshot, person, sectorId, channelId, conversationId, event.at),
      );
      const names = able.map(({ id }) => id);
      for (const [pair] of pairs) if (!pair.split(' ').every((id) => names.includes(id))) pairs.delete(pair);
      for (const [index, a] of names.entries()) {
        for (const b of names.slice(index + 1)) {
          const stretch = pairs.get(`${a} ${b}`) ?? { lead: 0, least: 0, most: 0 };
          pairs.set(`${a} ${b}`, stretch);
          stretch.lead += agentId === a ? 1 : agentId === b ? -1 : 0;
          stretch.least = Math.min(stretch.least, stretch.lead);
          stretch.most = Math.max(stretch.most, stretch.lead);
          finding.expect(
            stretch.most - stretch.least <= 1,
            () =>
              `${short(sectorId)} (${decision.scope}): by ${clock(event.at)} ${short(a)} and ${short(b)} were two first offers apart`,
          );
        }
      }
    });
    return finding;
  },
};

interface Stretch {
  lead: number;
  least: number;
  most: number;
}

/** Eligible with a place free, and so for long enough that every step under way saw it. */
const isSteady = (
  world: World,
  snapshot: Snapshot,
  person: Person,
  sectorId: string,
  channelId: string,
  conversationId: string,
  at: number,
): boolean =>
  ineligible(world, person.id, sectorId, channelId) === null &&
  !isFull(world, snapshot, person.id, sectorId, conversationId) &&
  person.changedAt < at - UNDER_WAY_MS &&
  (person.loadChangedAt < at - UNDER_WAY_MS ||
    (person.capacity === null && (snapshot.sectors.find(({ id }) => id === sectorId)?.capacity ?? null) === null));
