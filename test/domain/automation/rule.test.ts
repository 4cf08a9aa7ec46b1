import { describe, expect, test } from 'vitest';
import { namedBy, ruleBodySchema } from '../../../src/domain/automation/rule.ts';
import { sector, user } from '../../support/situations.ts';
import { channel, rule as built } from './support.ts';

const toSector = (n: number) => ({ kind: 'assign-to-sector', sectorId: sector(n) }) as const;
const isActive = { kind: 'status', status: 'active' } as const;
const always = { kind: 'always' } as const;

/** The one rule of the demo company, with anything in place of a field. */
const rule = (overrides: Record<string, unknown> = {}): unknown => ({
  event: 'conversation.created',
  waitingSeconds: null,
  match: 'all',
  conditions: [isActive],
  actions: [toSector(1)],
  evenIfOwned: false,
  ...overrides,
});

describe('R28: a rule is written and run by one and the same schema', () => {
  test('"created + active → Recepção" passes, unchanged', () => {
    expect(ruleBodySchema.parse(rule())).toEqual(rule());
  });

  test('every condition and every action passes, also in groups', () => {
    const leaves = [
      always,
      isActive,
      { kind: 'channel', channelId: channel(1) },
      { kind: 'sector', sectorId: sector(1) },
      { kind: 'sector-open', open: false },
      { kind: 'tag', tag: 'vip' },
      { kind: 'client', clientId: channel(2) },
      { kind: 'text-contains', text: 'orçamento' },
      { kind: 'custom-field', field: 'plano', equals: 'ouro' },
      { kind: 'custom-field', field: 'plano' },
    ];
    const actions = [
      toSector(1),
      { kind: 'assign-to-agent', userId: user(1) },
      { kind: 'assign-to-agent', userId: user(1), sectorId: sector(1) },
      { kind: 'add-tags', tags: ['vip'] },
      { kind: 'remove-tags', tags: ['novo'] },
      { kind: 'set-priority', priority: 'urgent' },
      { kind: 'send-message', text: 'Já vamos!' },
      { kind: 'call-webhook', url: 'https://example.com/hook?x=1' },
    ];
    const groups = [
      { kind: 'all', conditions: leaves },
      { kind: 'any', conditions: leaves },
    ];
    const body = rule({ match: 'any', conditions: [...leaves, ...groups], actions });
    expect(ruleBodySchema.parse(body)).toEqual(body);
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
    [
      'a mistake inside a group',
      rule({ conditions: [{ kind: 'any', conditions: [always, { kind: 'tag', tag: '' }] }] }),
      'conditions.0.conditions.1.tag',
    ],
    [
      'a group in a group',
      rule({ conditions: [{ kind: 'any', conditions: [{ kind: 'all', conditions: [always] }] }] }),
      'conditions.0.conditions.0.kind',
    ],
    ['an empty group', rule({ conditions: [{ kind: 'any', conditions: [] }] }), 'conditions.0.conditions'],
    ['an unknown way of combining', rule({ match: 'none' }), 'match'],
    ['no action', rule({ actions: [] }), 'actions'],
    ['an unknown action', rule({ actions: [{ kind: 'sing' }] }), 'actions.0.kind'],
    [
      'a sector that is no id',
      rule({ actions: [toSector(1), { kind: 'assign-to-sector', sectorId: 'recepcao' }] }),
      'actions.1.sectorId',
    ],
    ['a tag twice', rule({ actions: [{ kind: 'add-tags', tags: ['a', 'a'] }] }), 'actions.0.tags'],
    ['an empty message', rule({ actions: [{ kind: 'send-message', text: ' ' }] }), 'actions.0.text'],
    [
      'an address of another kind',
      rule({ actions: [{ kind: 'call-webhook', url: 'file:///etc/passwd' }] }),
      'actions.0.url',
    ],
    [
      'a password in an address',
      rule({ actions: [{ kind: 'call-webhook', url: 'https://a:b@example.com' }] }),
      'actions.0.url',
    ],
    ['waiting without a time', rule({ event: 'conversation.waiting' }), 'waitingSeconds'],
    ['a time without waiting', rule({ waitingSeconds: 60 }), 'waitingSeconds'],
    ['a move of what is closed', rule({ event: 'conversation.closed' }), 'actions.0.kind'],
    [
      'a priority of what is closed',
      rule({ event: 'conversation.closed', actions: [{ kind: 'set-priority', priority: 'low' }] }),
      'actions.0.kind',
    ],
    ['an unknown field', rule({ stop: true }), ''],
  ])('%s is refused with the path of the mistake', (_mistake, input, path) => {
    const result = ruleBodySchema.safeParse(input);
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});

test('everything that a rule names is found, wherever it stands, with its path', () => {
  const names = built(1, {
    conditions: [
      { kind: 'sector', sectorId: sector(3) },
      { kind: 'any', conditions: [always, { kind: 'channel', channelId: channel(1) }] },
    ],
    actions: [
      { kind: 'add-tags', tags: ['a'] },
      toSector(1),
      { kind: 'assign-to-agent', userId: user(4), sectorId: sector(5) },
    ],
  });
  expect(namedBy(names)).toEqual([
    { kind: 'sector', id: sector(3), path: 'conditions.0.sectorId' },
    { kind: 'channel', id: channel(1), path: 'conditions.1.conditions.1.channelId' },
    { kind: 'sector', id: sector(1), path: 'actions.1.sectorId' },
    { kind: 'sector', id: sector(5), path: 'actions.2.sectorId' },
    { kind: 'user', id: user(4), path: 'actions.2.userId' },
  ]);
});
