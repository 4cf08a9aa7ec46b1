import { describe, expect, test } from 'vitest';
import {
  type RuleBody,
  type RuleCondition,
  ruleApplies,
  ruleBodySchema,
  sectorOf,
} from '../../../src/domain/routing/rules.ts';
import { sector } from '../../support/situations.ts';

const toSector = (n: number) => ({ kind: 'assign-to-sector', sectorId: sector(n) }) as const;
const isActive = { kind: 'status', status: 'active' } as const;
const isClosed = { kind: 'status', status: 'closed' } as const;
const always = { kind: 'always' } as const;

/** The one rule of the demo company, with anything in place of a field. */
const rule = (overrides: Record<string, unknown> = {}): unknown => ({
  event: 'conversation.created',
  conditions: [isActive],
  actions: [toSector(1)],
  ...overrides,
});

describe('R28: a rule is written and run by one and the same schema', () => {
  test('"created + active → Recepção" passes, unchanged', () => {
    expect(ruleBodySchema.parse(rule())).toEqual(rule());
  });

  test.each<[mistake: string, input: unknown, path: string]>([
    ['an unknown event', rule({ event: 'conversation.imagined' }), 'event'],
    ['no condition', rule({ conditions: [] }), 'conditions'],
    ['too many conditions', rule({ conditions: Array.from({ length: 21 }, () => always) }), 'conditions'],
    ['an unknown condition', rule({ conditions: [always, { kind: 'moon-phase' }] }), 'conditions.1.kind'],
    ['an unknown status', rule({ conditions: [{ kind: 'status', status: 'aberta' }] }), 'conditions.0.status'],
    [
      'a field that the condition does not have',
      rule({ conditions: [{ ...always, status: 'active' }] }),
      'conditions.0',
    ],
    ['no action', rule({ actions: [] }), 'actions'],
    ['an unknown action', rule({ actions: [{ kind: 'sing' }] }), 'actions.0.kind'],
    [
      'a sector that is no id',
      rule({ actions: [toSector(1), { kind: 'assign-to-sector', sectorId: 'recepcao' }] }),
      'actions.1.sectorId',
    ],
    ['an unknown field', rule({ stop: true }), ''],
  ])('%s is refused with the path of the mistake', (_mistake, input, path) => {
    const result = ruleBodySchema.safeParse(input);
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

describe('R28: a rule applies when all of its conditions hold', () => {
  test.each<[conditions: RuleCondition[], status: 'active' | 'closed', applies: boolean]>([
    [[always], 'active', true],
    [[always], 'closed', true],
    [[isActive], 'active', true],
    [[isActive], 'closed', false],
    [[isClosed], 'closed', true],
    [[always, isActive], 'active', true],
    [[always, isClosed], 'active', false],
    [[isActive, isClosed], 'active', false],
  ])('%j on an %s conversation: %j', (conditions, status, applies) => {
    expect(ruleApplies({ conditions }, { status })).toBe(applies);
  });
});

test('R28: of several sectors that one rule gives, the last holds', () => {
  expect(sectorOf({ actions: [toSector(1), toSector(2)] })).toBe(sector(2));
  expect(sectorOf({ actions: [] as RuleBody['actions'] })).toBeNull();
});
