import { describe, expect, test } from 'vitest';
import { until } from '../../support/world.ts';
import { contactOf, done, firstAdministrator, password, reasons, sentences, untilShown } from './desk.ts';
import {
  autoReply,
  command,
  hours,
  type Name,
  reception,
  rotationOf,
  sales,
  type SectorName,
  staff,
  type Story,
} from './story.ts';

/** Friday morning: what the administrator sets up, from nothing. */
export function tellSettingUp(story: Story): void {
  describe('Friday morning: the administrator sets the company up', () => {
    test('C1: in the beginning there is one administrator and nothing else', async () => {
      const users = (await done(story.admin.get('/v1/users'))).items;
      expect(users).toMatchObject([{ email: firstAdministrator.email, role: 'administrator', verified: true }]);
      story.ids.Helena = users[0].id;
      for (const list of ['sectors', 'channels', 'automation-rules', 'conversations'])
        expect((await done(story.admin.get(`/v1/${list}`))).items, list).toEqual([]);
      await done(story.admin.patch(`/v1/users/${story.ids.Helena}`, { name: 'Helena', department: 'Administração' }));
    });

    test('C2: the organisation is open Monday to Friday 08:30–17:00 and Saturday 09:00–12:00', async () => {
      const organization = await done(story.admin.patch('/v1/organization', { name: 'Prado', hours, autoReply }));
      expect(organization).toMatchObject({ name: 'Prado', hours, autoReply });
    });

    test('C5: two sectors have a colour, a description, a direction message and outcomes, and inherit the hours', async () => {
      for (const sector of [reception, sales]) {
        const made = await done(story.admin.post('/v1/sectors', sector));
        expect(made).toMatchObject({ ...sector, hours: null, autoReply: null, open: { now: true } });
        story.ids[sector.name] = made.id;
      }
      for (const [sector, name] of [
        ['Recepção', 'Informação'],
        ['Comercial', 'Venda realizada'],
        ['Comercial', 'Sem interesse'],
      ] as const)
        story.outcomes[name] = (await done(story.admin.post(`/v1/sectors/${story.ids[sector]}/outcomes`, { name }))).id;
    });

    test('C3: each agent is created with name, department and e-mail, and gets an invitation by mail', async () => {
      for (const person of staff) {
        const made = await done(story.admin.post('/v1/users', { ...person, role: 'agent' }));
        expect(made).toMatchObject({ ...person, verified: false, available: true });
        story.ids[person.name] = made.id;
      }
      for (const { name, email } of staff) {
        // The mail server has it a moment before Rodízio has written down that it took it.
        await until(`the mail to ${name} is sent`, async () => {
          const { invitation } = await done(story.admin.get(`/v1/users/${story.ids[name]}`));
          return invitation.state === 'sent';
        });
        const [mail, ...others] = story.desk.mails.to(email);
        expect(others, 'one invitation each').toEqual([]);
        expect(mail!.subject).toContain('Prado');
        expect(mail!.text).toContain(`https://console.test/invitations/${mail!.token}`);
      }
    });

    test('C1: the secretary stands in Recepção, the salespeople in Comercial, the administrator supervises both', async () => {
      const put = (sector: SectorName, name: Name | 'Helena', functions: readonly string[]) =>
        done(story.admin.put(`/v1/sectors/${story.ids[sector]}/members/${story.ids[name]}`, { functions }));
      await put('Recepção', 'Sofia', ['agent']);
      // Last created, first in: the order of joining is not that of the rotation.
      for (const name of ['Carla', 'Bruno', 'Ana'] as const) await put('Comercial', name, ['agent']);
      await put('Recepção', 'Helena', ['supervisor']);
      await put('Comercial', 'Helena', ['supervisor']);
      const members = (await done(story.admin.get(`/v1/sectors/${story.ids.Comercial}/members`))).items;
      const told = members.map((member: { name: string; functions: string[] }) => [member.name, ...member.functions]);
      expect(told.toSorted()).toEqual([
        ['Ana', 'agent'],
        ['Bruno', 'agent'],
        ['Carla', 'agent'],
        ['Helena', 'supervisor'],
      ]);
    });

    test('C4: a channel lists the agents who have access to its conversations, and has a key', async () => {
      const agentIds = staff.map(({ name }) => story.ids[name]);
      // It leads to Comercial, so that whatever reaches the secretary does so by the rule.
      const channel = await done(
        story.admin.post('/v1/channels', {
          name: 'WhatsApp',
          kind: 'whatsapp',
          sectorId: story.ids.Comercial,
          agentIds,
        }),
      );
      expect(channel).toMatchObject({ agentIds, active: true });
      const { key } = await done(story.admin.post(`/v1/channels/${channel.id}/keys`, {}));
      story.contact = (name) => contactOf(channel.id, story.desk.withToken(key), name);
    });

    test('C6: the one automation rule sends whatever is created and active to Recepção', async () => {
      const rule = {
        name: 'Tudo começa na recepção',
        description: 'Toda conversa nova vai primeiro para a recepção.',
        event: 'conversation.created',
        conditions: [{ kind: 'status', status: 'active' }],
        actions: [{ kind: 'assign-to-sector', sectorId: story.ids['Recepção'] }],
      };
      expect(await done(story.admin.post('/v1/automation-rules', rule))).toMatchObject({ ...rule, active: true });
    });
  });
}

/** C3, R2: who is invited, and what they are until they have accepted. */
export function tellInvitations(story: Story): void {
  describe('C3, R2: until the invitations are accepted', () => {
    let early: string;

    test('everybody is shown as unverified and without a place in the rotation', async () => {
      for (const { name } of staff) {
        const user = await done(story.admin.get(`/v1/users/${story.ids[name]}`));
        expect(user).toMatchObject({ verified: false, invitation: { state: 'sent' } });
      }
      const { members, next } = await rotationOf(story, 'Comercial');
      expect(members).toMatchObject([
        { name: 'Helena', eligible: false, reason: 'supervisor-only' },
        ...['Ana', 'Bruno', 'Carla'].map((name) => ({ name, eligible: false, reason: 'unverified' })),
      ]);
      expect(next).toBeNull();
    });

    test('nobody is given a conversation: it is open to the sector, and the timeline says why', async () => {
      early = await story.contact('Íris').write('Bom dia, vocês abrem amanhã?');
      await untilShown(story.admin, early, 'it is open', ({ state }) => state === 'open');
      expect(await sentences(story.admin, early)).toEqual([
        'The contact began a conversation in Recepção: the rule “Tudo começa na recepção” says so.',
        'The contact wrote.',
        'The direction message of Recepção went out.',
        'Came into the queue of Recepção.',
        'Open to every member of Recepção: nobody could be offered it.',
      ]);
      const told = (await reasons(story.admin, early)).flat();
      expect(told.toSorted()).toEqual([
        'Helena is only supervisor in this sector and takes no part.',
        'Sofia has not verified the account yet.',
      ]);
    });

    test('nobody signs in; by the links of their mails they set a password and are verified', async () => {
      for (const { name, email } of staff) {
        expect((await story.desk.nobody.post('/v1/sessions', { email, password })).status).toBe(401);
        const [mail] = story.desk.mails.to(email);
        await done(story.desk.nobody.post(`/v1/invitations/${mail!.token}/accept`, { password }));
        story.as[name] = await story.desk.signIn(email);
        expect(await done(story.admin.get(`/v1/users/${story.ids[name]}`))).toMatchObject({
          verified: true,
          invitation: null,
        });
      }
      const { members, next } = await rotationOf(story, 'Comercial');
      expect(members).toMatchObject([
        { name: 'Helena', eligible: false, reason: 'supervisor-only' },
        ...['Ana', 'Bruno', 'Carla'].map((name) => ({ name, eligible: true, reason: null })),
      ]);
      expect(next).toBe(story.ids.Ana);
    });

    test('then the secretary finds the open conversation, takes it, answers and closes it', async () => {
      const open = (await done(story.as.Sofia.get('/v1/conversations?view=open'))).items;
      expect(open.map(({ id }: { id: string }) => id)).toEqual([early]);
      expect((await story.as.Ana.get(`/v1/conversations/${early}`)).status, 'it is no business of Comercial').toBe(404);
      await command(story, 'Sofia', early, 'accept');
      await command(story, 'Sofia', early, 'messages', { text: 'Abrimos, das 9h às 12h.' });
      expect((await story.as.Sofia.post(`/v1/conversations/${early}/close`, {})).body.code).toBe(
        'outcome-not-in-sector',
      );
      await command(story, 'Sofia', early, 'close', { outcomeId: story.outcomes['Informação'] });
    });
  });
}
