import { describe, expect, test } from 'vitest';
import { explainConditions, type RuleCondition, type RuleFacts } from '../../../src/domain/automation/conditions.ts';
import { sector } from '../../support/situations.ts';
import { channel, client, found } from './support.ts';

const always = { kind: 'always' } as const;
const never = { kind: 'status', status: 'closed' } as const;
const holds = (condition: RuleCondition, facts: Partial<RuleFacts> = {}) =>
  explainConditions([condition], 'all', found(facts)).holds;

describe('R28: a condition', () => {
  test.each<[RuleCondition, Partial<RuleFacts>, boolean]>([
    [always, {}, true],
    [{ kind: 'status', status: 'active' }, {}, true],
    [{ kind: 'status', status: 'active' }, { status: 'closed' }, false],
    [{ kind: 'channel', channelId: channel(1) }, {}, true],
    [{ kind: 'channel', channelId: channel(2) }, {}, false],
    [{ kind: 'sector', sectorId: sector(1) }, {}, true],
    [{ kind: 'sector', sectorId: sector(2) }, {}, false],
    [{ kind: 'sector-open', open: true }, {}, true],
    [{ kind: 'sector-open', open: true }, { sectorOpen: false }, false],
    [{ kind: 'sector-open', open: false }, { sectorOpen: false }, true],
    [{ kind: 'tag', tag: 'vip' }, { tags: ['novo', 'vip'] }, true],
    [{ kind: 'tag', tag: 'vip' }, { tags: ['vips'] }, false],
    [{ kind: 'client', clientId: client(1) }, { clientId: client(1) }, true],
    [{ kind: 'client', clientId: client(1) }, { clientId: client(2) }, false],
    [{ kind: 'client', clientId: client(1) }, {}, false],
    [{ kind: 'text-contains', text: 'ORCAMENTO' }, { text: 'Quero um orçamento, por favor' }, true],
    [{ kind: 'text-contains', text: 'boleto' }, { text: 'Quero um orçamento' }, false],
    [{ kind: 'text-contains', text: 'boleto' }, { text: null }, false],
    [{ kind: 'custom-field', field: 'plano', equals: 'ouro' }, { customFields: { plano: 'ouro' } }, true],
    [{ kind: 'custom-field', field: 'plano', equals: 'ouro' }, { customFields: { plano: 'Ouro' } }, false],
    [{ kind: 'custom-field', field: 'plano' }, { customFields: { plano: '' } }, true],
    [{ kind: 'custom-field', field: 'plano' }, {}, false],
    [{ kind: 'custom-field', field: 'constructor' }, {}, false],
  ])('%j on %j: %j', (condition, facts, held) => {
    expect(holds(condition, facts)).toBe(held);
  });
});

describe('R28: several conditions', () => {
  test.each<[RuleCondition[], 'all' | 'any', boolean]>([
    [[always, always], 'all', true],
    [[always, never], 'all', false],
    [[always, never], 'any', true],
    [[never, never], 'any', false],
    [[{ kind: 'any', conditions: [never, always] }, always], 'all', true],
    [[{ kind: 'all', conditions: [never, always] }, never], 'any', false],
    [[{ kind: 'all', conditions: [always, always] }, never], 'any', true],
  ])('%j combined by %s: %j', (conditions, match, held) => {
    expect(explainConditions(conditions, match, found()).holds).toBe(held);
  });

  test('each is told with its path and whether it held, those in groups as well', () => {
    expect(
      explainConditions([always, { kind: 'any', conditions: [never, always] }], 'all', found()).conditions,
    ).toEqual([
      { path: 'conditions.0', kind: 'always', held: true },
      { path: 'conditions.1', kind: 'any', held: true },
      { path: 'conditions.1.conditions.0', kind: 'status', held: false },
      { path: 'conditions.1.conditions.1', kind: 'always', held: true },
    ]);
  });
});
