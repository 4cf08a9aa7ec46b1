import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { acceptInvitation } from '../../src/database/steps/accounts/invitations.ts';
import { hashPassword } from '../../src/database/passwords.ts';
import { createUser as createUserStep } from '../../src/database/steps/people/createUser.ts';
import { Refusal } from '../../src/domain/errors.ts';
import { transact } from '../../src/database/transact.ts';
import type { MailId } from '../../src/domain/ids.ts';
import { sweep } from '../../src/outbox/sweep.ts';
import { mailWorkflowId } from '../../src/workflows/protocol.ts';
import {
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createOwned,
  createSector,
  createUser,
  queries,
} from '../support/builders.ts';
import { captureLog } from '../support/captureLog.ts';
import { cutterTo, type Cutter } from '../support/cutter.ts';
import { pinHistory } from '../support/histories.ts';
import { type MailServer, startMailServer } from '../support/mailServer.ts';
import { startWorld, until, untilConversation, type World } from '../support/world.ts';

let world: World;
let server: MailServer;
let way: Cutter;
let boss: BuiltUser;
let died = 0;
let deaths = 0;

beforeAll(async () => {
  server = await startMailServer();
  way = await cutterTo({ host: '127.0.0.1', port: server.port });
  world = await startWorld({
    smtpUrl: `smtp://127.0.0.1:${way.port}`,
    crash(point) {
      if (point !== 'before-completion' || died >= deaths) return;
      died++;
      throw new Error('the worker dies here');
    },
  });
  boss = await createUser(world.platform, { role: 'administrator' });
});
afterAll(async () => {
  await world.stop();
  await way.stop();
  await server.stop();
});
afterEach(() => {
  way.mend();
  died = deaths = 0;
});

let invitations = 0;

/** Invites somebody. @returns the user and the id of the mail */
async function invite(memberOf: readonly BuiltSector[] = []) {
  const email = `convidada-${++invitations}@demo.example`;
  const userId = await transact(world.platform, (unit) =>
    createUserStep(unit, {
      name: 'Convidada',
      email,
      department: null,
      group: { role: 'agent' },
      capacity: null,
      sectors: memberOf.map(({ id }) => ({ sectorId: id, functions: ['agent'] as const })),
      defaultSectorId: null,
      passwordHash: null,
      verified: false,
      actorId: boss.id,
    }),
  );
  const { id } = await queries(world.platform)
    .selectFrom('mail')
    .select('id')
    .where('userId', '=', userId)
    .executeTakeFirstOrThrow();
  return { userId, email, mailId: id };
}

const mailOf = (id: MailId) =>
  queries(world.platform).selectFrom('mail').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
const untilMail = (id: MailId, state: string, withinMs?: number) =>
  until(`mail ${id} is ${state}`, async () => (await mailOf(id)).state === state, withinMs);
const untilEnded = (id: MailId) =>
  until(`the workflow of mail ${id} ended`, async () => (await world.temporal.statusOf('mail', id)) === 'ended');
const accept = async (token: string) => {
  const passwordHash = await hashPassword('um segredo');
  return transact(world.platform, (unit) => acceptInvitation(unit, { token, passwordHash }));
};

describe('a mail’s workflow', () => {
  it('hands it to the mail server after the commit, in twelve events of history', async () => {
    const { email, mailId } = await invite();
    await untilMail(mailId, 'sent');
    await untilEnded(mailId);
    expect(server.to(email)).toMatchObject([{ messageId: `<${mailId}@test.example>` }]);
    const { events } = await world.temporal.client.workflow.getHandle(mailWorkflowId(mailId)).fetchHistory();
    expect(events).toHaveLength(12);
    await pinHistory(world, 'mail-sent', { workflowId: mailWorkflowId(mailId) });
  });

  it('waits while the mail server is away, and the mail goes out when it is back', async () => {
    way.cut();
    const { email, mailId } = await invite();
    await until('it was tried twice', async () => (await mailOf(mailId)).attempts >= 2);
    expect(await mailOf(mailId)).toMatchObject({ state: 'waiting', sentAt: null });
    expect((await mailOf(mailId)).reason).not.toBeNull();
    way.mend();
    await untilMail(mailId, 'sent', 20_000);
    await untilEnded(mailId);
    expect(server.to(email)).toHaveLength(1);
    await accept(server.to(email)[0]?.token ?? '');
    await pinHistory(world, 'mail-server-away', { workflowId: mailWorkflowId(mailId) });
  });

  it('ends when the mail server refuses it for good; the history tells the code, the row the reason', async () => {
    server.refuse(`convidada-${invitations + 1}@demo.example`, 550, 'nobody here is called like that');
    const { mailId } = await invite();
    await untilMail(mailId, 'failed');
    expect((await mailOf(mailId)).reason).toContain('nobody here is called like that');
    await untilEnded(mailId);
    await pinHistory(world, 'mail-refused', { workflowId: mailWorkflowId(mailId) });
  });

  it('sends it again when the worker died before it could note the success: under the same Message-ID, and both links hold', async () => {
    deaths = 1;
    const { email, mailId } = await invite();
    await until('it arrived twice', () => Promise.resolve(server.to(email).length === 2), 20_000);
    await untilMail(mailId, 'sent');
    const [first, second] = server.to(email);
    expect(first?.messageId).toBe(second?.messageId);
    expect(first?.token).not.toBe(second?.token);
    // Whichever the reader has, it works, and one use is the use of both.
    await accept(first?.token ?? '');
    await expect(accept(second?.token ?? '')).rejects.toThrow(Refusal);
  });

  it('is started anew by the sweep when its workflow was lost and the mail still waits', async () => {
    const { mailId, email } = await invite();
    await untilEnded(mailId);
    // As if it had been terminated before it did anything.
    await queries(world.platform)
      .updateTable('mail')
      .set({ state: 'waiting', createdAt: new Date(Date.now() - 60_000) })
      .where('id', '=', mailId)
      .execute();
    await sweep({ platform: world.platform, temporal: world.temporal, log: captureLog().log });
    await until('it was sent again', () => Promise.resolve(server.to(email).length === 2));
    await untilMail(mailId, 'sent');
  });

  it('R2, R10: whoever accepts an invitation is offered what waits in the same moment', async () => {
    const { platform } = world;
    const sector = await createSector(platform, { capacity: 1 });
    const channel = await createChannel(platform, sector);
    const busy = await createUser(platform, { memberOf: [sector] });
    await createOwned(platform, channel, busy);
    const { userId, email, mailId } = await invite([sector]);
    const waiting = await createConversation(platform, channel);
    await untilConversation(world, waiting, { state: 'waiting', reason: 'no-capacity' });
    await untilMail(mailId, 'sent');
    await accept(server.to(email)[0]?.token ?? '');
    await untilConversation(world, waiting, { state: 'offered', designatedId: userId }, 1_000);
  });
});
