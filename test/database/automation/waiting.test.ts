import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { returnToQueue } from '../../../src/database/steps/returnToQueue.ts';
import { transfer } from '../../../src/database/steps/transfer.ts';
import { createRule as createRuleStep, updateRule } from '../../../src/database/steps/settings/rules.ts';
import { ruleDefaults } from '../../../src/domain/automation/rule.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createRule,
  createSector,
  createUser,
  queries,
} from '../../support/builders.ts';
import { at, startSteps, type Steps, workingHours } from '../../support/steps.ts';

let steps: Steps;
let first: BuiltSector;
let second: BuiltSector;
let channel: BuiltChannel;
let ana: BuiltUser;
const minute = 60_000;

beforeAll(async () => (steps = await startSteps()));
afterAll(() => steps.stop());
beforeEach(async () => {
  steps.clock.set(at('mon', '10:00'));
  first = await createSector(steps.platform, { hours: workingHours, mode: 'manual' });
  second = await createSector(steps.platform, { hours: workingHours, mode: 'manual' });
  channel = await createChannel(steps.platform, first);
  ana = await createUser(steps.platform, { memberOf: [first, second] });
});
afterEach(async () => {
  await queries(steps.platform).deleteFrom('automation_rule').execute();
});

const waiting = (minutes: number, overrides: NonNullable<Parameters<typeof createRule>[2]> = {}) =>
  createRule(steps.platform, second, { event: 'conversation.waiting', waitingSeconds: minutes * 60, ...overrides });

describe('R28: waiting longer than a time', () => {
  test('the workflow wakes at that time, and the rule runs then, once', async () => {
    const made = await waiting(15);
    const id = await steps.arrive(channel);
    const standing = await steps.advance(id);
    expect(standing.dueInMs! / minute).toBeCloseTo(15, 0);
    expect(Number((await steps.conversation(id)).dueAt)).toBe(Date.parse(standing.dueAt!));
    steps.clock.pass(15 * minute);
    expect(await steps.advance(id)).toMatchObject({ state: 'waiting', dueAt: null });
    expect(await steps.conversation(id)).toMatchObject({ sectorId: second.id, waitingRulesRun: [made.id] });
    const before = (await steps.events(id)).length;
    await steps.advance(id);
    expect((await steps.events(id)).length).toBe(before);
  });

  test('the offer’s own end comes first where it is earlier, and the rule’s where that is', async () => {
    const sequential = await createSector(steps.platform);
    await createUser(steps.platform, { memberOf: [sequential] });
    const id = await steps.arrive(await createChannel(steps.platform, sequential));
    await waiting(4, { actions: [{ kind: 'set-priority', priority: 'urgent' }] });
    const standing = await steps.advance(id);
    expect(standing.state).toBe('offered');
    expect(standing.dueInMs! / minute).toBeCloseTo(4, 0);
    steps.clock.pass(4 * minute);
    const after = await steps.advance(id);
    expect(after.state).toBe('offered');
    expect(after.dueInMs! / minute).toBeCloseTo(6, 0);
    expect(await steps.conversation(id)).toMatchObject({ priority: 0, offersMade: 1 });
  });

  test('business time counts: over the night nothing runs', async () => {
    steps.clock.set(at('mon', '17:50'));
    await waiting(15);
    const id = await steps.arrive(channel);
    expect((await steps.advance(id)).dueAt).toMatch(/^2026-12-08T12:05:0/);
    steps.clock.set(at('mon', '23:00'));
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ sectorId: first.id });
  });

  test('rules that send it to and fro each run once in a wait: there is no ring', async () => {
    await waiting(5, { conditions: [{ kind: 'sector', sectorId: first.id }] });
    await waiting(5, {
      conditions: [{ kind: 'sector', sectorId: second.id }],
      actions: [{ kind: 'assign-to-sector', sectorId: first.id }],
    });
    const id = await steps.arrive(channel);
    for (let n = 0; n < 5; n++) {
      steps.clock.pass(5 * minute);
      await steps.advance(id);
    }
    const moves = (await steps.events(id)).filter(({ type }) => type === 'conversation.transferred');
    expect(moves).toHaveLength(2);
    expect((await steps.advance(id)).dueAt).toBeNull();
  });

  test('a rule whose condition comes to hold later runs then', async () => {
    await waiting(5, { conditions: [{ kind: 'tag', tag: 'vip' }] });
    const id = await steps.arrive(channel);
    steps.clock.pass(6 * minute);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ sectorId: first.id });
    await queries(steps.platform)
      .updateTable('conversation')
      .set({ tags: ['vip'] })
      .where('id', '=', id)
      .execute();
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ sectorId: second.id });
  });

  test('who takes it ends the wait; given back, it begins anew', async () => {
    await waiting(15);
    const id = await steps.arrive(channel);
    await steps.accept(ana, id);
    steps.clock.pass(60 * minute);
    expect(await steps.advance(id)).toMatchObject({ state: 'assigned', dueAt: null });
    expect(await steps.conversation(id)).toMatchObject({ sectorId: first.id, unownedSince: null });
    await steps.run((unit) => returnToQueue(unit, { conversationId: id, userId: ana.id }));
    expect((await steps.advance(id)).dueInMs! / minute).toBeCloseTo(15, 0);
  });

  test('R21: what a person sent to a person is left to them first, and moved when that has ended', async () => {
    const sequential = await createSector(steps.platform);
    const [bia, caio] = [
      await createUser(steps.platform, { memberOf: [sequential] }),
      await createUser(steps.platform, { memberOf: [sequential] }),
    ];
    await waiting(2);
    const id = await steps.arrive(await createChannel(steps.platform, sequential));
    await steps.accept(bia, id);
    await steps.run((unit) => transfer(unit, { conversationId: id, userId: bia.id, targetId: caio.id }));
    steps.clock.pass(5 * minute);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ state: 'offered', designatedId: caio.id });
    await steps.decline(caio, id);
    await steps.advance(id);
    expect(await steps.conversation(id)).toMatchObject({ sectorId: second.id });
  });

  test('R27: a new rule, and a change of one, reach what is waiting', async () => {
    const id = await steps.arrive(channel);
    expect((await steps.advance(id)).dueAt).toBeNull();
    const signals = async (work: () => Promise<unknown>) => {
      const from = steps.wakeUps.length;
      await work();
      return steps.wakeUps.slice(from).filter(({ targetId }) => targetId === first.id);
    };
    const body = {
      ...ruleDefaults,
      event: 'conversation.waiting' as const,
      waitingSeconds: 60,
      conditions: [{ kind: 'always' as const }],
      actions: [{ kind: 'assign-to-sector' as const, sectorId: second.id }],
    };
    const texts = { name: 'Espera', description: null, active: true, position: null, webhookSecret: 'rzw_x' };
    let made: { id: never } | undefined;
    expect(
      await signals(async () => {
        made = (await steps.run((unit) =>
          createRuleStep(unit, { ...body, ...texts }, { allowPrivate: false }),
        )) as never;
      }),
    ).toMatchObject([{ workflow: 'sector', signal: 'settingsChanged' }]);
    expect((await steps.advance(id)).dueInMs! / minute).toBeCloseTo(1, 0);
    expect(
      await signals(() => steps.run((unit) => updateRule(unit, made!.id, { active: false }, { allowPrivate: false }))),
    ).toHaveLength(1);
    expect((await steps.advance(id)).dueAt).toBeNull();
  });
});
