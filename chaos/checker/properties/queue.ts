import { SectorCalendar } from '../calendar.ts';
import { eachChoice, UNDER_WAY_MS } from '../choices.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { ineligible, isFull, membersOf, replay, type World } from '../replay.ts';
import type { Story } from '../story.ts';
import type { ConversationRow, Snapshot } from '../snapshot.ts';

const SETTLED_MS = 10_000;

/** R10: a place that is free at the end belongs to somebody who waits for it. */
export const placesUsed: Property = {
  name: 'nobody waits while a place is free for them, or for an opening that has come',
  rules: 'R10, R24',
  check(snapshot) {
    const finding = new Finding();
    const world = replay(snapshot, () => {});
    for (const row of snapshot.conversations) {
      if (row.status !== 'active' || row.state !== 'waiting' || row.reason === 'manual') continue;
      if (row.reason === 'out-of-hours') {
        const calendar = new SectorCalendar(snapshot.hours, row.sectorId);
        const isLongOpen = calendar.openMs(snapshot.takenAt - SETTLED_MS, snapshot.takenAt) === SETTLED_MS;
        finding.expect(!isLongOpen, () => `${short(row.id)} waits for an opening, and its sector is open`);
        continue;
      }
      const free = whoCouldTake(snapshot, world, row, world.stories.get(row.id));
      finding.expect(
        row.reason === 'no-capacity' && free === null,
        () =>
          `${short(row.id)} waits (${row.reason ?? 'for its next step'}) while ${short(free)} has a place free for it`,
      );
    }
    return finding;
  },
};

function whoCouldTake(
  snapshot: Snapshot,
  world: World,
  { id, sectorId, channelId }: ConversationRow,
  story: Story | undefined,
): string | null {
  const able = membersOf(world, sectorId).find(
    (person) =>
      ineligible(world, person.id, sectorId, channelId) === null &&
      !story?.declined.has(person.id) &&
      !isFull(world, snapshot, person.id, sectorId, id),
  );
  return able?.id ?? null;
}

/**
 * R10: who gets a limited place has no older one waiting for it. Both begin to wait and are offered under the sector's
 * lock, and who leaves the queue is not gone before it commits, so that the order of ordinals is enough.
 */
export const queueOrder: Property = {
  name: 'a limited place goes to the first who waits for it, by priority and waiting time',
  rules: 'R10',
  check(snapshot) {
    const finding = new Finding();
    const rows = new Map(snapshot.conversations.map((row) => [row.id, row]));
    eachChoice(snapshot, ({ event, conversationId, agentId, sectorId, direct }, world) => {
      const isLimited =
        (world.people.get(agentId)?.capacity ?? null) !== null ||
        (snapshot.sectors.find(({ id }) => id === sectorId)?.capacity ?? null) !== null;
      const row = rows.get(conversationId);
      if (direct || !isLimited || !row) return;
      const ahead = [...world.stories.values()].find((other) => {
        const waiting = rows.get(other.id);
        return (
          waiting !== undefined &&
          other.id !== conversationId &&
          other.waitsFor === 'no-capacity' &&
          other.view?.state === 'waiting' &&
          other.view.sectorId === sectorId &&
          isBefore(waiting, row) &&
          !other.declined.has(agentId) &&
          ineligible(world, agentId, sectorId, other.view.channelId) === null
        );
      });
      finding.expect(
        ahead === undefined,
        () =>
          `${short(conversationId)} got a place of ${short(agentId)} at ${clock(event.at)} before ${short(ahead?.id)}, which had waited longer`,
      );
    });
    return finding;
  },
};

const isBefore = (a: ConversationRow, b: ConversationRow): boolean =>
  a.priority - b.priority < 0 ||
  (a.priority === b.priority &&
    (a.waitingSince < b.waitingSince || (a.waitingSince === b.waitingSince && a.id < b.id)));

/** R12, R22: whoever loses the right to an offer loses the offer, whatever else becomes of it, and nobody else does. */
export const withdrawn: Property = {
  name: 'no offer stays with somebody who may not have it any more, and none is withdrawn from somebody who may',
  rules: 'R12, R22',
  check(snapshot) {
    const finding = new Finding();
    const world = replay(
      snapshot,
      ({ type, data, after, at, conversationId }, now) => {
        if (type !== 'conversation.offer_revoked' || !after || !lostReasons.has(String(data['reason']))) return;
        const agentId = data['agentId'] as string;
        const changedAt = Math.max(
          now.people.get(agentId)?.changedAt ?? 0,
          now.listChangedAt.get(after.channelId) ?? 0,
        );
        finding.expect(
          ineligible(now, agentId, after.sectorId, after.channelId) !== null || changedAt > at - UNDER_WAY_MS,
          () =>
            `${short(conversationId)} was withdrawn from ${short(agentId)} as ${String(data['reason'])}, which was not so`,
        );
      },
      (step, now) => {
        for (const { type, data } of step) {
          if (type !== 'rights.changed' && type !== 'user.availability_changed') continue;
          const userId = (data['change'] as { userId?: string } | undefined)?.userId ?? (data['userId'] as string);
          for (const [id] of now.held.get(userId) ?? []) {
            const view = now.stories.get(id)?.view;
            if (view?.designatedId !== userId || ineligible(now, userId, view.sectorId, view.channelId) === null)
              continue;
            // Whether it really went is seen at the end; here it is counted that there was something to withdraw.
            finding.cases++;
          }
        }
      },
    );
    for (const { id, status, designatedId, sectorId, channelId } of snapshot.conversations) {
      if (status !== 'active' || !designatedId) continue;
      const reason = ineligible(world, designatedId, sectorId, channelId);
      finding.expect(reason === null, () => `${short(id)} is offered to ${short(designatedId)}, who is ${reason}`);
    }
    return finding;
  },
};

const lostReasons = new Set([
  'unavailable',
  'inactive',
  'left-sector',
  'supervisor-only',
  'not-in-channel',
  'unverified',
]);
