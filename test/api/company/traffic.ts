import { describe, expect, test } from 'vitest';
import { done, reasons, sentences, spoken, untilShown } from './desk.ts';
import {
  at,
  autoReply,
  command,
  dayAfter,
  friday,
  monday,
  offeredTo,
  ownedBy,
  reception,
  rotationOf,
  sales,
  saturday,
  type Story,
  sunday,
} from './story.ts';

/** C2: when it is open; and who writes while it is closed. */
export function tellHours(story: Story): void {
  test('C2, R23: a dry run tells for every edge of the week whether the secretary gets it or when', async () => {
    const arriving = async (day: string, time: string) => {
      const {
        decision,
        agentId,
        until: opening,
      } = await done(
        story.admin.post(`/v1/sectors/${story.ids['Recepção']}/simulate`, { at: at(day, time).toISOString() }),
      );
      return agentId === story.ids.Sofia ? decision : [decision, opening];
    };
    expect(await arriving(friday, '16:59:59')).toBe('assign');
    expect(await arriving(friday, '17:00:00')).toEqual(['wait', at(saturday, '09:00:00').toISOString()]);
    expect(await arriving(saturday, '11:59:59')).toBe('assign');
    expect(await arriving(saturday, '12:00:00')).toEqual(['wait', at(monday, '08:30:00').toISOString()]);
    expect(await arriving(monday, '08:30:00')).toBe('assign');
  });

  describe('Sunday: closed', () => {
    let night: string;

    test('R24, R26: who writes gets the automatic reply once, and waits for the opening', async () => {
      story.desk.itIs(at(sunday, '15:00:00'));
      const nico = story.contact('Nico');
      night = await nico.write('Preciso de papel.');
      await untilShown(story.admin, night, 'it waits', ({ reason }) => reason === 'out-of-hours');
      expect(await nico.write('Alguém aí?')).toBe(night);
      expect(await spoken(story.admin, night)).toEqual([
        'contact: Preciso de papel.',
        `auto-reply: ${autoReply.text}`,
        'contact: Alguém aí?',
      ]);
      const shown = await done(story.admin.get(`/v1/conversations/${night}`));
      expect(shown).toMatchObject({
        state: 'waiting',
        owner: null,
        nextOpeningAt: at(monday, '08:30:00').toISOString(),
      });
    });

    test('R13, R24: on Monday at 08:30 the secretary has it, with nobody doing anything', async () => {
      // What is set brings the sector's timer onto the shifted clock; from then on it goes by itself.
      story.desk.itIs(at(monday, '08:29:57'));
      const holidays = [{ date: dayAfter(30), name: 'Aniversário da cidade', intervals: [] }];
      await done(story.admin.patch('/v1/organization', { hours: { holidays } }));
      const { stateSince } = await ownedBy(story, night, 'Sofia');
      expect(Date.parse(stateSince)).toBeGreaterThanOrEqual(at(monday, '08:30:00').getTime());
      expect(await sentences(story.admin, night)).toEqual([
        'The contact began a conversation in Recepção: the rule “Tudo começa na recepção” says so.',
        'The contact wrote.',
        'Waits in the queue of Recepção until the sector opens.',
        'The automatic reply went out: Recepção is closed.',
        'The contact wrote.',
        'Assigned to Sofia, the next in the rotation who could have it: Recepção assigns automatically.',
      ]);
      await command(story, 'Sofia', night, 'messages', { text: 'Temos A4 e A3.' });
      await command(story, 'Sofia', night, 'close', { outcomeId: story.outcomes['Informação'] });
    });
  });
}

/** A contact who writes while it is open, and goes from hand to hand; then a holiday. */
export function tellMonday(story: Story): void {
  describe('Monday: a contact writes while the company is open', () => {
    let order: string;

    test('C1, C5: the secretary gets it at once, and the contact the direction message of Recepção', async () => {
      order = await story.contact('Mirela').write('Quero comprar cem resmas.');
      await ownedBy(story, order, 'Sofia');
      const mine = (await done(story.as.Sofia.get('/v1/conversations?view=mine'))).items;
      expect(mine.map(({ id }: { id: string }) => id)).toEqual([order]);
      expect(await spoken(story.admin, order)).toEqual([
        'contact: Quero comprar cem resmas.',
        `direction: ${reception.directionMessage}`,
      ]);
    });

    test('C1, R17: she transfers it to Comercial, hears no more of it, and it is offered to Ana, created first', async () => {
      await command(story, 'Sofia', order, 'transfer', { sectorId: story.ids.Comercial, note: 'cem resmas' });
      expect((await story.as.Sofia.get(`/v1/conversations/${order}`)).status).toBe(404);
      const { offer } = await offeredTo(story, order, 'Ana');
      expect(Date.parse(offer.expiresAt) - Date.parse(offer.startedAt)).toBe(4_000);
      const news = await Promise.all(
        (['Ana', 'Bruno'] as const).map(
          async (name) => (await done(story.as[name].get('/v1/conversations?view=new'))).items,
        ),
      );
      expect(news.map((items) => items.length)).toEqual([1, 0]);
      // R27: from the next offer on there is time enough for the slowest machine.
      await done(
        story.admin.patch(`/v1/sectors/${story.ids.Comercial}`, { distribution: { offerTimeoutSeconds: 600 } }),
      );
    });

    test('R4, R11: Ana misses it, Bruno declines it, Carla accepts, answers and closes with an outcome', async () => {
      const { offer } = await offeredTo(story, order, 'Bruno');
      await command(story, 'Bruno', order, 'decline', { offerId: offer.id, reason: 'em reunião' });
      await offeredTo(story, order, 'Carla');
      await command(story, 'Carla', order, 'accept');
      await command(story, 'Carla', order, 'messages', { text: 'Fechado, entrego amanhã.' });
      const closed = await command(story, 'Carla', order, 'close', { outcomeId: story.outcomes['Venda realizada'] });
      expect(closed).toMatchObject({
        status: 'closed',
        outcome: { name: 'Venda realizada' },
        owner: { name: 'Carla' },
      });
      expect(await spoken(story.admin, order)).toEqual([
        'contact: Quero comprar cem resmas.',
        `direction: ${reception.directionMessage}`,
        `direction: ${sales.directionMessage}`,
        'Carla: Fechado, entrego amanhã.',
      ]);
    });

    test('R5: the timeline names the rule, everybody, and every reason', async () => {
      expect(await sentences(story.admin, order)).toEqual([
        'The contact began a conversation in Recepção: the rule “Tudo começa na recepção” says so.',
        'The contact wrote.',
        'The direction message of Recepção went out.',
        'Came into the queue of Recepção.',
        'Assigned to Sofia, the next in the rotation who could have it: Recepção assigns automatically.',
        'Sofia transferred it from Recepção to Comercial. “cem resmas”',
        'The direction message of Comercial went out.',
        'Came into the queue of Comercial.',
        'Offered to Ana, the next in the rotation who could have it (offer 1, round 1).',
        'Ana did not accept in time; the offer ended.',
        'Offered to Bruno, the next in the rotation who could have it (offer 2, round 1).',
        'Bruno declined the offer. “em reunião”',
        'Offered to Carla, the next in the rotation who could have it (offer 3, round 1).',
        'Carla accepted and is the owner.',
        'Carla answered.',
        'Carla closed it with the outcome “Venda realizada”.',
      ]);
      // The secretary's assignment, then each offer: who stood next in the order and could have it, or why not.
      expect(await reasons(story.admin, order)).toEqual([
        ['Sofia was the first who could have it.'],
        ['Helena is only supervisor in this sector and takes no part.', 'Ana was the first who could have it.'],
        ['Bruno was the first who could have it.'],
        ['Carla was the first who could have it.'],
      ]);
    });
  });

  test('D1, R2, R3: who is on holiday is skipped: it was Bruno’s turn, and Carla gets it', async () => {
    const back = at(dayAfter(17), '08:30:00').toISOString();
    await done(
      story.admin.put(`/v1/users/${story.ids.Bruno}/availability`, { available: false, reason: 'férias', until: back }),
    );
    expect((await rotationOf(story, 'Comercial')).members).toMatchObject([
      { name: 'Helena', eligible: false },
      { name: 'Ana', eligible: true },
      { name: 'Bruno', eligible: false, reason: 'unavailable' },
      { name: 'Carla', eligible: true },
    ]);
    const id = await story.contact('Olavo').write('Vocês vendem toner?');
    await ownedBy(story, id, 'Sofia');
    await command(story, 'Sofia', id, 'transfer', { sectorId: story.ids.Comercial });
    await offeredTo(story, id, 'Carla');
    const { decision } = (await done(story.admin.get(`/v1/conversations/${id}/timeline?limit=200`))).items.at(-1);
    expect(decision).toMatchObject({ pointerBefore: { name: 'Bruno' }, pointerAfter: { name: 'Ana' } });
    expect(decision.considered).toContainEqual(
      expect.objectContaining({ name: 'Bruno', outcome: 'unavailable', words: 'Bruno is not available.' }),
    );
    await command(story, 'Carla', id, 'accept');
    await command(story, 'Carla', id, 'close', { outcomeId: story.outcomes['Sem interesse'] });
  });
}
