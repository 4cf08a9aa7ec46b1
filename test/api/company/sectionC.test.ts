import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { done, startDesk } from './desk.ts';
import { tellInvitations, tellSettingUp } from './settingUp.ts';
import { at, friday, monday, newStory, staff, sunday } from './story.ts';
import { tellHours, tellMonday } from './traffic.ts';
import { audited, type AuditEntry, inWords } from './words.ts';

const story = newStory();

beforeAll(async () => {
  story.desk = await startDesk(at(friday, '10:00:00'));
  story.admin = story.desk.admin;
});
afterAll(() => story.desk.stop());

// One story: each test goes on where the one before it ended.
describe('a receptionist in front (section C), from an empty organisation, by HTTP and mail alone', () => {
  tellSettingUp(story);
  tellInvitations(story);
  tellHours(story);
  tellMonday(story);

  describe('in the end', () => {
    test('nobody has anything left, and the administrator sees all four conversations closed', async () => {
      for (const { name } of staff)
        for (const view of ['new', 'mine', 'sector', 'open'])
          expect((await done(story.as[name].get(`/v1/conversations?view=${view}`))).items, `${name}: ${view}`).toEqual(
            [],
          );
      const closed = (await done(story.admin.get('/v1/conversations?view=all&status=closed'))).items;
      const told = closed.map(
        ({ contact, owner, outcome }: Closed) => `${contact.name}: ${owner.name}, ${outcome.name}`,
      );
      expect(told.toSorted()).toEqual([
        'Mirela: Carla, Venda realizada',
        'Nico: Sofia, Informação',
        'Olavo: Carla, Sem interesse',
        'Íris: Sofia, Informação',
      ]);
      expect((await done(story.admin.get('/v1/conversations?view=all'))).items).toEqual([]);
    });

    test('the report counts exactly what was played', async () => {
      const { rows } = await done(
        story.admin.get(`/v1/reports/activity?from=${friday}&to=${monday}&by=day,sector,agent`),
      );
      expect(rows.map(inWords)).toEqual([
        'Friday, Recepção, Sofia: 1 accepts, 1 closes',
        'Friday, Recepção, nobody: 1 created',
        'Sunday, Recepção, nobody: 1 created, 1 outOfHours',
        'Monday, Recepção, Sofia: 3 assignments, 2 transfers, 1 closes',
        'Monday, Recepção, nobody: 2 created',
        'Monday, Comercial, Ana: 1 offers, 1 misses',
        'Monday, Comercial, Bruno: 1 offers, 1 declines',
        'Monday, Comercial, Carla: 2 offers, 2 accepts, 2 closes',
      ]);
      // Of those that came while it was open: how long until somebody had it.
      const days = (await done(story.admin.get(`/v1/reports/activity?from=${friday}&to=${monday}`))).rows;
      expect(days).toMatchObject([
        { day: friday, created: 1, waitForOffer: { count: 0 }, waitForAccept: { count: 1 } },
        { day: sunday, created: 1, waitForOffer: { count: 0 }, waitForAccept: { count: 0 } },
        { day: monday, created: 2, waitForOffer: { count: 2 }, waitForAccept: { count: 2 } },
      ]);
    });

    test('the audit names every setting that was made, and by whom', async () => {
      const { items, nextCursor } = await done(story.admin.get('/v1/audit?limit=200'));
      expect(nextCursor).toBeNull();
      const made = items.filter(({ actor }: AuditEntry) => actor.kind !== 'system').map(audited);
      expect(made.toReversed()).toEqual([
        'Helena: user Helena: department, name',
        'Helena: organization Prado: autoReply, hours, name',
        'Helena: sector Recepção: made',
        'Helena: sector Comercial: made',
        'Helena: outcome Informação with Recepção: made',
        'Helena: outcome Venda realizada with Comercial: made',
        'Helena: outcome Sem interesse with Comercial: made',
        ...staff.flatMap(({ name }) => [`Helena: user ${name}: made`, `Helena: account-link ${name}: made`]),
        'Helena: membership Recepção with Sofia: made',
        'Helena: membership Comercial with Carla: made',
        'Helena: membership Comercial with Bruno: made',
        'Helena: membership Comercial with Ana: made',
        'Helena: membership Recepção with Helena: made',
        'Helena: membership Comercial with Helena: made',
        'Helena: channel WhatsApp: made',
        'Helena: channel-key of WhatsApp: made',
        'Helena: automation-rule Tudo começa na recepção: made',
        ...staff.map(({ name }) => `${name}: user ${name}: passwordHash, verifiedAt`),
        'Helena: organization Prado: hours',
        'Helena: sector Comercial: offerTimeoutSeconds',
        'Helena: user Bruno: availabilityUntil, available',
      ]);
      const timeout = items.find(({ to }: AuditEntry) => to && Object.keys(to).join('') === 'offerTimeoutSeconds');
      expect(timeout, 'from what, to what').toMatchObject({
        from: { offerTimeoutSeconds: 4 },
        to: { offerTimeoutSeconds: 600 },
      });
    });
  });
});

interface Closed {
  readonly contact: { readonly name: string };
  readonly owner: { readonly name: string };
  readonly outcome: { readonly name: string };
}
