import { SectorCalendar } from '../calendar.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { type Person, replay, type World } from '../replay.ts';
import type { View } from '../snapshot.ts';

const HOURS_UNDER_WAY_MS = 5_000;

/** R14: at the commit of the accept, from the order of commits alone. */
export const takers: Property = {
  name: 'only the designated agent accepts an offer, only members who may take it take what waits or is open',
  rules: 'R14',
  check(snapshot) {
    const finding = new Finding();
    const sectors = new Map(snapshot.sectors.map((sector) => [sector.id, sector]));
    const calendars = new Map(snapshot.sectors.map(({ id }) => [id, new SectorCalendar(snapshot.hours, id)]));
    replay(snapshot, (event, world) => {
      const { type, data, actor, before, at, conversationId } = event;
      if (type !== 'conversation.assigned' || data['how'] !== 'accepted' || !before) return;
      const person = world.people.get(actor.id ?? '');
      const where = `${short(conversationId)} was accepted at ${clock(at)} by ${short(actor.id)}`;
      finding.expect(
        person !== undefined && data['ownerId'] === actor.id,
        () => `${where}, and is owned by ${short(String(data['ownerId']))}`,
      );
      if (!person) return;
      finding.expect(person.active, () => `${where}, who is not active`);
      const isOffered = before.state === 'offered';
      finding.expect(
        !isOffered || before.designatedId === person.id,
        () => `${where}, while it was offered to ${short(before.designatedId)}`,
      );
      finding.expect(
        isOffered || mayTake(world, person, before),
        () => `${where}, who is no member of ${short(before.sectorId)} or not on the list`,
      );
      const sector = sectors.get(before.sectorId);
      if (before.state !== 'waiting' || !sector || sector.cherryPicking || sector.mode === 'manual') return;
      const calendar = calendars.get(sector.id)!;
      finding.expect(
        !calendar.isOpen(at) || calendar.changedWithin(at, HOURS_UNDER_WAY_MS) || overrules(person, before.sectorId),
        () => `${where} while it waited in a sector that gives out by itself`,
      );
    });
    return finding;
  },
};

const overrules = (person: Person, sectorId: string): boolean =>
  person.role === 'administrator' || (person.memberOf.get(sectorId)?.includes('supervisor') ?? false);

const mayTake = (world: World, person: Person, { sectorId, channelId }: View): boolean =>
  person.role === 'administrator' ||
  (person.memberOf.has(sectorId) && (world.lists.get(channelId)?.includes(person.id) ?? true));

/** R14: "otherwise only the owner writes". */
export const writers: Property = {
  name: 'every answer to a contact is by the owner, or makes its author the owner in the same step',
  rules: 'R14',
  check({ events, messages }) {
    const finding = new Finding();
    const authors = new Map(messages.map(({ id, authorId, kind }) => [id, { authorId, kind }]));
    for (const { type, data, actor, after, at, conversationId } of events) {
      if (type !== 'message.sent') continue;
      const message = authors.get(String(data['messageId']));
      if (message?.kind !== 'answer') continue;
      finding.expect(
        message.authorId === actor.id && after?.ownerId === actor.id,
        () =>
          `${short(actor.id)} answered in ${short(conversationId)} at ${clock(at)}, which ${short(after?.ownerId)} owned`,
      );
    }
    return finding;
  },
};
