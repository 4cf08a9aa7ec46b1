import { SectorCalendar } from '../calendar.ts';
import { UNDER_WAY_MS } from '../choices.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { ineligible, isFull, membersOf, replay, type World } from '../replay.ts';
import type { Story } from '../story.ts';

/** R10, R11, R24: why it waits or is open is so when it is said. */
export const reasons: Property = {
  name: 'what waits or opens does so for the reason that is told: nobody able, nobody with a place, all declined, closed',
  rules: 'R10, R11, R24',
  check(snapshot) {
    const finding = new Finding();
    const calendars = new Map(snapshot.sectors.map(({ id }) => [id, new SectorCalendar(snapshot.hours, id)]));
    const modes = new Map(snapshot.sectors.map(({ id, mode }) => [id, mode]));
    replay(snapshot, (event, world, story) => {
      const { type, data, after, at } = event;
      if (!story || !after || (type !== 'conversation.opened' && type !== 'conversation.queued')) return;
      const where = `${short(story.id)} at ${clock(at)}`;
      const { sectorId, channelId } = after;
      const changed = changedNear(world, channelId, at);
      const able = membersOf(world, sectorId).filter(({ id }) => ineligible(world, id, sectorId, channelId) === null);
      const willing = able.filter(({ id }) => !story.declined.has(id));
      const reason = data['reason'] as string | null | undefined;
      switch (reason) {
        case 'nobody-available':
          finding.expect(
            able.length === 0 || changed,
            () => `${where} opened for nobody, although ${short(able[0]?.id)} could have it`,
          );
          break;
        case 'declined-by-all':
          finding.expect(
            (willing.length === 0 && story.declined.size > 0) || changed,
            () => `${where} opened as declined by all, and ${short(willing[0]?.id)} has not declined`,
          );
          break;
        case 'no-capacity': {
          finding.expect(willing.length > 0 || changed, () => `${where} waits for a place, and nobody could take one`);
          const free = willing.find(
            ({ id, loadChangedAt }) =>
              !isFull(world, snapshot, id, sectorId, story.id) && loadChangedAt < at - UNDER_WAY_MS,
          );
          finding.expect(
            free === undefined || changed || somebodyElseWaits(world, story, sectorId),
            () => `${where} waits for a place, and ${short(free?.id)} has one`,
          );
          break;
        }
        case 'out-of-hours': {
          const closed = story.directTo ?? sectorId;
          const calendar = calendars.get(closed);
          finding.expect(
            !calendar || !calendar.isOpen(at) || calendar.changedWithin(at, UNDER_WAY_MS),
            () => `${where} waits for an opening of ${short(closed)}, which was open`,
          );
          break;
        }
        case 'manual':
          finding.expect(
            modes.get(sectorId) === 'manual',
            () => `${where} waits to be taken by hand in ${short(sectorId)}, which is ${modes.get(sectorId)}`,
          );
          break;
        default:
      }
    });
    return finding;
  },
};

/** An older one has the first right to the place (R10). */
const somebodyElseWaits = (world: World, story: Story, sectorId: string): boolean =>
  [...world.stories.values()].some(
    (other) => other.id !== story.id && other.view?.sectorId === sectorId && other.view.state === 'waiting',
  );

const changedNear = (world: World, channelId: string, at: number): boolean =>
  (world.listChangedAt.get(channelId) ?? 0) > at - UNDER_WAY_MS ||
  [...world.people.values()].some((person) => person.changedAt > at - UNDER_WAY_MS);

/** R10: nothing alters the place in the queue. R1: nothing alters the order of agents. */
export const order: Property = {
  name: 'agents keep the order of their creation and conversations the time of their first message, whatever happens',
  rules: 'R1, R10',
  check({ hired, users, conversations, messages }) {
    const finding = new Finding();
    const people = new Map(users.map((user) => [user.id, user]));
    for (const [index, id] of hired.entries()) {
      const own = people.get(id);
      const former = people.get(hired[index - 1] ?? '');
      finding.expect(
        own !== undefined && (index === 0 || (former !== undefined && former.createdAt <= own.createdAt)),
        () => `${short(id)} was created after ${short(former?.id)} and comes before in the order`,
      );
    }
    const first = new Map(messages.filter(({ seq }) => seq === 1).map((message) => [message.conversationId, message]));
    for (const { id, waitingSince, createdAt } of conversations) {
      const began = first.get(id)?.createdAt;
      finding.expect(
        waitingSince === createdAt && began !== undefined && Math.abs(began - waitingSince) < 1_000,
        () =>
          `${short(id)} waits since ${clock(waitingSince)}; it began at ${clock(createdAt)}, its first message came at ${began === undefined ? 'no time' : clock(began)}`,
      );
    }
    return finding;
  },
};
