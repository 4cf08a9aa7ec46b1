import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer } from '../../../src/database/steps/answer.ts';
import { setAvailability } from '../../../src/database/steps/people/setAvailability.ts';
import type { ConversationId } from '../../../src/domain/ids.ts';
import type { ResponseAction } from '../../../src/domain/routing/response.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { at, startSteps, type Steps, workingHours } from '../../support/steps.ts';

const minute = 60_000;
let steps: Steps;
let sector: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
let bruno: BuiltUser;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());

async function company(overrides: Partial<BuiltSector>): Promise<void> {
  steps.clock.set(at('mon', '10:00'));
  sector = await createSector(steps.platform, { hours: workingHours, ...overrides });
  channel = await createChannel(steps.platform, sector);
  ana = await createUser(steps.platform, { memberOf: [sector] });
  bruno = await createUser(steps.platform, { memberOf: [sector] });
}

/** A conversation that Ana owns and has answered. */
async function answered(): Promise<{ id: ConversationId; contact: string }> {
  const contact = randomUUID();
  const id = (await steps.write(channel, contact)).conversationId;
  await steps.advance(id);
  await steps.accept(ana, id);
  await reply(id);
  await steps.advance(id);
  return { id, contact };
}
const reply = (id: ConversationId) =>
  steps.run((unit) => answer(unit, { conversationId: id, userId: ana.id, text: 'Já vejo' }));
const signalsTo = async (id: ConversationId, work: () => Promise<unknown>) => {
  const from = steps.wakeUps.length;
  await work();
  return steps.wakeUps.slice(from).filter(({ targetId }) => targetId === id);
};
const lastEvent = async (id: ConversationId) => (await steps.events(id)).at(-1)!;

describe('R34: an owner who leaves the contact without an answer', () => {
  const withAction = (responseAction: ResponseAction) => company({ responseTimeoutMs: 20 * minute, responseAction });

  test('the clock starts with the contact’s message, which wakes the workflow once', async () => {
    await withAction('return');
    const { id, contact } = await answered();
    expect((await steps.advance(id)).dueAt).toBeNull();
    expect(await signalsTo(id, () => steps.write(channel, contact))).toMatchObject([{ signal: 'woken' }]);
    expect((await steps.advance(id)).dueInMs! / minute).toBeCloseTo(20, 0);
    steps.clock.pass(5 * minute);
    expect(await signalsTo(id, () => steps.write(channel, contact))).toEqual([]);
    expect((await steps.advance(id)).dueInMs! / minute).toBeCloseTo(15, 0);
  });

  test('an assignment starts it as well: the first message is not answered yet', async () => {
    await withAction('return');
    const id = await steps.arrive(channel);
    await steps.accept(ana, id);
    expect((await steps.advance(id)).dueInMs! / minute).toBeCloseTo(20, 0);
  });

  test('an answer stops it; the timer that still runs finds nothing to do', async () => {
    await withAction('return');
    const { id, contact } = await answered();
    await steps.write(channel, contact);
    await steps.advance(id);
    await reply(id);
    steps.clock.pass(20 * minute);
    expect(await steps.advance(id)).toMatchObject({ state: 'assigned', dueAt: null });
    expect(await steps.conversation(id)).toMatchObject({ ownerId: ana.id, unansweredSince: null });
  });

  test('"return": back to the queue, on to the next, and the timeline says why', async () => {
    await withAction('return');
    const { id, contact } = await answered();
    await steps.write(channel, contact);
    steps.clock.pass(20 * minute);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: bruno.id, ownerId: null });
    const returned = (await steps.events(id)).find(({ type }) => type === 'conversation.returned');
    expect(returned).toMatchObject({ actor: { kind: 'system' }, data: { by: ana.id, because: 'response-timeout' } });
  });

  test('"open": any member may take it, with the reason', async () => {
    await withAction('open');
    const { id, contact } = await answered();
    await steps.write(channel, contact);
    steps.clock.pass(20 * minute);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'open', reason: 'response-timeout', ownerId: null });
    await steps.accept(bruno, id);
    expect((await steps.advance(id)).dueInMs! / minute).toBeCloseTo(20, 0);
  });

  test('"tell-supervisor": the owner keeps it, and the event comes once until the next turn', async () => {
    await withAction('tell-supervisor');
    const { id, contact } = await answered();
    await steps.write(channel, contact);
    steps.clock.pass(20 * minute);
    expect(await steps.advance(id)).toMatchObject({ state: 'assigned', dueAt: null });
    expect(await lastEvent(id)).toMatchObject({ type: 'conversation.response_overdue', data: { ownerId: ana.id } });
    const before = (await steps.events(id)).length;
    steps.clock.pass(60 * minute);
    await steps.advance(id);
    expect((await steps.events(id)).length).toBe(before);
    await reply(id);
    await steps.write(channel, contact);
    await steps.advance(id);
    steps.clock.pass(20 * minute);
    await steps.advance(id);
    expect(await lastEvent(id)).toMatchObject({ type: 'conversation.response_overdue' });
  });

  test('over the night nobody loses anything', async () => {
    await withAction('return');
    const { id, contact } = await answered();
    steps.clock.set(at('mon', '17:50'));
    await steps.write(channel, contact);
    expect((await steps.advance(id)).dueAt).toMatch(/^2026-12-08T12:10:0/);
    steps.clock.set(at('tue', '08:30'));
    expect((await steps.advance(id)).state).toBe('assigned');
  });
});

describe('R35: an owner who is gone when the contact writes', () => {
  const connection = (user: BuiltUser, seenAt: Date, endedAt: Date | null = null) =>
    queries(steps.platform)
      .insertInto('live_connection')
      .values({ id: randomUUID(), userId: user.id, seenAt, endedAt })
      .execute();
  const now = () => new Date(Date.now() + steps.clock.offsetMs);
  beforeEach(() => company({ absenceGraceMs: 15 * minute }));

  test('it goes back to the queue when they have been gone for longer than the grace', async () => {
    const { id, contact } = await answered();
    await connection(ana, now(), now());
    steps.clock.pass(16 * minute);
    expect(await signalsTo(id, () => steps.write(channel, contact))).toMatchObject([{ signal: 'woken' }]);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: bruno.id });
    const returned = (await steps.events(id)).find(({ type }) => type === 'conversation.returned');
    expect(returned).toMatchObject({ actor: { kind: 'system' }, data: { by: ana.id, because: 'owner-absent' } });
  });

  test('who still reads a stream keeps it, however many others have ended; nothing is woken', async () => {
    const { id, contact } = await answered();
    steps.clock.pass(60 * minute);
    await connection(ana, now(), now());
    await connection(ana, now());
    expect(await signalsTo(id, () => steps.write(channel, contact))).toEqual([]);
    expect(await steps.advance(id)).toMatchObject({ state: 'assigned', dueAt: null });
  });

  test('a stream whose process died counts as ended when it was last seen', async () => {
    const { id, contact } = await answered();
    await connection(ana, now());
    steps.clock.pass(16 * minute);
    await steps.write(channel, contact);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: bruno.id });
  });

  test('gone for less, they have the rest of the grace – and keep it if they come back', async () => {
    const { id, contact } = await answered();
    await connection(ana, now(), now());
    steps.clock.pass(5 * minute);
    await steps.write(channel, contact);
    expect((await steps.advance(id)).dueInMs! / minute).toBeCloseTo(10, 0);
    steps.clock.pass(10 * minute);
    await connection(ana, now());
    expect(await steps.advance(id)).toMatchObject({ state: 'assigned', dueAt: null });
  });

  test('set unavailable is gone as well, since that moment', async () => {
    const { id, contact } = await answered();
    const administrator = await createUser(steps.platform, { role: 'administrator' });
    await steps.run((unit) =>
      setAvailability(unit, { userId: ana.id, available: false, reason: null, actorId: administrator.id }),
    );
    steps.clock.pass(15 * minute);
    await connection(ana, now());
    await steps.write(channel, contact);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: bruno.id });
  });

  test('a contact who does not write lets them keep it, however long they are gone', async () => {
    const { id } = await answered();
    steps.clock.pass(120 * minute);
    expect(await steps.advance(id)).toMatchObject({ state: 'assigned', dueAt: null });
  });
});
