import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ruleEvents, type RuleEvent, type RunnableRule } from '../../../src/domain/automation/rule.ts';
import { runRules } from '../../../src/domain/automation/run.ts';
import { deepFreeze, sector, user } from '../../support/situations.ts';
import { found, rule, ruleId } from './support.ts';

const toSector = (n: number) => ({ kind: 'assign-to-sector', sectorId: sector(n) });
const run = (rules: RunnableRule[], facts = found(), causes: RuleEvent[] = ['conversation.created']) =>
  runRules(causes, deepFreeze(rules), deepFreeze(facts));

describe('R28: rules run in their order', () => {
  test('those of another event, and those whose conditions do not hold, do nothing', () => {
    expect(
      run([rule(1, { event: 'message.received' }), rule(2, { conditions: [{ kind: 'tag', tag: 'vip' }] })]),
    ).toEqual([]);
  });

  test('the first that says where to decides; what others wanted is told', () => {
    const runs = run([rule(1), rule(2, { actions: [toSector(3)] })]);
    expect(runs.map(({ ruleId: id, move }) => [id, move])).toEqual([
      [ruleId(1), { sectorId: sector(2), agentId: null }],
      [ruleId(2), null],
    ]);
    expect(runs[1]!.skipped).toEqual([{ kind: 'assign-to-sector', because: 'decided-before' }]);
  });

  test('one rule may name a sector and an agent; of several of a kind the last holds', () => {
    const actions = [toSector(2), toSector(3), { kind: 'assign-to-agent', userId: user(4) }];
    expect(run([rule(1, { actions })])[0]!.move).toEqual({ sectorId: sector(3), agentId: user(4) });
  });

  test('the first priority holds, and one that is so already is left alone', () => {
    const priority = (n: number, level: string) => rule(n, { actions: [{ kind: 'set-priority', priority: level }] });
    expect(run([priority(1, 'high'), priority(2, 'low')]).map((one) => one.priority)).toEqual(['high', null]);
    expect(run([priority(1, 'normal')])[0]).toMatchObject({
      priority: null,
      skipped: [{ kind: 'set-priority', because: 'nothing-to-change' }],
    });
  });

  test('tags add up; messages and calls are all made', () => {
    const runs = run([
      rule(1, {
        actions: [
          { kind: 'add-tags', tags: ['a', 'b'] },
          { kind: 'send-message', text: 'Oi' },
        ],
      }),
      rule(2, {
        actions: [
          { kind: 'remove-tags', tags: ['a'] },
          { kind: 'call-webhook', url: 'https://example.com/' },
        ],
      }),
    ]);
    expect(runs.map(({ tags, messages, webhooks }) => ({ tags, messages, webhooks }))).toEqual([
      { tags: ['a', 'b'], messages: ['Oi'], webhooks: [] },
      { tags: ['b'], messages: [], webhooks: ['https://example.com/'] },
    ]);
  });

  test('rules of one event look at the conversation as the event found it', () => {
    const second = rule(2, { conditions: [{ kind: 'tag', tag: 'a' }] });
    expect(run([rule(1, { actions: [{ kind: 'add-tags', tags: ['a'] }] }), second])).toHaveLength(1);
  });

  test('a first message is both events: what begins goes first, and each rule runs once', () => {
    const runs = run([rule(1, { event: 'message.received', actions: [toSector(9)] }), rule(2)], found(), [
      'conversation.created',
      'message.received',
    ]);
    expect(runs.map((one) => [one.ruleId, one.event])).toEqual([
      [ruleId(2), 'conversation.created'],
      [ruleId(1), 'message.received'],
    ]);
    expect(runs[1]!.skipped).toEqual([{ kind: 'assign-to-sector', because: 'decided-before' }]);
  });
});

describe('R21: automation does not displace a person’s decision', () => {
  const owned = found({ ownerId: user(1) });
  const received = { event: 'message.received' };

  test('a conversation that somebody owns stays where it is, and the rule’s other actions are done', () => {
    const [only] = run([rule(1, { ...received, actions: [toSector(2), { kind: 'add-tags', tags: ['a'] }] })], owned, [
      'message.received',
    ]);
    expect(only).toMatchObject({ move: null, tags: ['a'], skipped: [{ kind: 'assign-to-sector', because: 'owned' }] });
  });

  test('unless the rule says so', () => {
    const [only] = run([rule(1, { ...received, evenIfOwned: true })], owned, ['message.received']);
    expect(only).toMatchObject({ move: { sectorId: sector(2) }, skipped: [] });
  });

  test('what a person sent to a person is theirs until that has come to an end', () => {
    const [only] = run([rule(1, received)], found({ promised: true }), ['message.received']);
    expect(only).toMatchObject({ move: null, skipped: [{ because: 'promised' }] });
  });

  test('a rule that had to leave it leaves it to the next', () => {
    const runs = run([rule(1, received), rule(2, { ...received, evenIfOwned: true, actions: [toSector(3)] })], owned, [
      'message.received',
    ]);
    expect(runs[1]!.move).toEqual({ sectorId: sector(3), agentId: null });
  });
});

describe('R28: loops are impossible', () => {
  const onTags = { event: 'conversation.tags_changed' };

  test('what rules do to tags is an event itself, once for each rule', () => {
    const ring = [
      rule(1, { ...onTags, conditions: [{ kind: 'tag', tag: 'a' }], actions: [{ kind: 'add-tags', tags: ['b'] }] }),
      rule(2, {
        ...onTags,
        conditions: [{ kind: 'tag', tag: 'b' }],
        actions: [
          { kind: 'remove-tags', tags: ['b'] },
          { kind: 'add-tags', tags: ['a'] },
        ],
      }),
      rule(3, { actions: [{ kind: 'add-tags', tags: ['a'] }] }),
    ];
    const runs = run(ring);
    expect(runs.map((one) => one.ruleId)).toEqual([ruleId(3), ruleId(1), ruleId(2)]);
    expect(runs.at(-1)!.tags).toEqual(['a']);
  });

  const tags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 });
  const action = fc.oneof(
    tags.map((names) => ({ kind: 'add-tags', tags: names })),
    tags.map((names) => ({ kind: 'remove-tags', tags: names })),
    fc.nat(3).map(toSector),
    fc.constantFrom('urgent', 'low').map((priority) => ({ kind: 'set-priority', priority })),
    fc.constant({ kind: 'send-message', text: 'Oi' }),
  );
  const condition = fc.oneof(
    fc.constant({ kind: 'always' }),
    fc.constantFrom('a', 'b', 'c').map((tag) => ({ kind: 'tag', tag })),
  );
  const anyRule = fc.record({
    event: fc.constantFrom(
      ...ruleEvents.filter((event) => event !== 'conversation.waiting' && event !== 'conversation.closed'),
    ),
    match: fc.constantFrom('all', 'any'),
    conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
    actions: fc.array(action, { minLength: 1, maxLength: 4 }),
    evenIfOwned: fc.boolean(),
  });

  test('whatever the rules: each runs once at most for a cause, one moves, and the same rules do the same again', () => {
    fc.assert(
      fc.property(
        fc.array(anyRule, { maxLength: 12 }),
        fc.constantFrom<RuleEvent>('conversation.created', 'message.received', 'conversation.tags_changed'),
        fc.boolean(),
        (bodies, cause, isOwned) => {
          const rules = bodies.map((body, n) => rule(n + 1, body));
          const facts = found({ tags: ['a'], ownerId: isOwned ? user(1) : null });
          const runs = run(rules, facts, [cause]);
          const ran = runs.map((one) => one.ruleId);
          expect(new Set(ran).size).toBe(ran.length);
          expect(ran.length).toBeLessThanOrEqual(rules.length);
          expect(runs.filter(({ move }) => move).length).toBeLessThanOrEqual(1);
          expect(runs.filter(({ priority }) => priority).length).toBeLessThanOrEqual(1);
          for (const { ruleId: id, move } of runs)
            if (isOwned && move) expect(rules.find((one) => one.id === id)!.evenIfOwned).toBe(true);
          expect(run(rules, facts, [cause])).toEqual(runs);
        },
      ),
      { numRuns: 500 },
    );
  });
});
