import { describe, expect, test } from 'vitest';
import type { RuleId, SectorId } from '../../../src/domain/ids.ts';
import {
  destinationOf,
  type PortfolioOwner,
  type PreviousConversation,
} from '../../../src/domain/routing/destination.ts';
import { deepFreeze, MINUTE, monday, sector, user } from '../../support/situations.ts';

const [channelSector, ruleSector, previousSector] = [sector(1), sector(2), sector(3)];
const HOUR = 60 * MINUTE;
const ruleId = (n: number): RuleId => `00000003-0000-7000-8000-${String(n).padStart(12, '0')}` as RuleId;

type Facts = Parameters<typeof destinationOf>[0];
type StoredRule = Facts['rules'][number];

const rule = (n: number, overrides: Partial<StoredRule> = {}): StoredRule => ({
  id: ruleId(n),
  event: 'conversation.created',
  conditions: [{ kind: 'always' }],
  actions: [{ kind: 'assign-to-sector', sectorId: ruleSector }],
  ...overrides,
});

/** Closed an hour ago in another sector, owned by user 5. */
const previous = (overrides: Partial<PreviousConversation> = {}): PreviousConversation => ({
  sectorId: previousSector,
  closedAt: monday('09:00'),
  lastOwnerId: user(5),
  ...overrides,
});

const destination = (overrides: Partial<Facts> = {}) =>
  destinationOf(
    deepFreeze({
      now: monday('10:00'),
      rules: [],
      subject: { status: 'active' },
      channelSectorId: channelSector,
      previous: null,
      portfolio: null,
      reopenWindowOf: () => 0,
      ...overrides,
    }),
  );

describe('R32: without a rule and a recent conversation', () => {
  test("a conversation starts in the channel's sector, with nobody to try first", () => {
    expect(destination()).toEqual({
      sectorId: channelSector,
      because: 'channel',
      ruleId: null,
      failedRules: [],
      ladder: [],
    });
  });
});

describe('R28: a rule that gives a sector', () => {
  test("goes before the channel's and the previous conversation's sector, and is named", () => {
    expect(destination({ rules: [rule(1)], previous: previous(), reopenWindowOf: () => HOUR })).toMatchObject({
      sectorId: ruleSector,
      because: 'rule',
      ruleId: ruleId(1),
    });
  });

  test('is passed over when its conditions do not hold', () => {
    expect(destination({ rules: [rule(1, { conditions: [{ kind: 'status', status: 'closed' }] })] })).toMatchObject({
      sectorId: channelSector,
      because: 'channel',
      ruleId: null,
    });
  });

  test('the first of the rules in their order decides', () => {
    const elsewhere = rule(2, { actions: [{ kind: 'assign-to-sector', sectorId: sector(9) }] });
    expect(destination({ rules: [rule(1), elsewhere] })).toMatchObject({ sectorId: ruleSector, ruleId: ruleId(1) });
    expect(destination({ rules: [elsewhere, rule(1)] })).toMatchObject({ sectorId: sector(9), ruleId: ruleId(2) });
  });

  test('a stored one that no longer passes the schema is reported, and the next one runs', () => {
    const broken = { ...rule(1), conditions: [{ kind: 'moon-phase' }] } as unknown as StoredRule;
    expect(destination({ rules: [broken, rule(2)] })).toMatchObject({
      sectorId: ruleSector,
      ruleId: ruleId(2),
      failedRules: [ruleId(1)],
    });
  });

  test('broken ones behind the one that decides are reported too', () => {
    const broken = { ...rule(2), actions: [] } as StoredRule;
    expect(destination({ rules: [rule(1), broken] })).toMatchObject({ ruleId: ruleId(1), failedRules: [ruleId(2)] });
  });
});

describe("R31: within the reopen window of the sector, the previous conversation's sector and last owner", () => {
  const owner = (sectorId = previousSector) => ({
    agentId: user(5),
    sectorId,
    because: 'last-owner',
    fallback: 'queue',
    senderId: null,
    fromSectorId: sectorId,
  });

  test.each<[when: string, now: Date, window: number, within: boolean]>([
    ['well inside it', monday('09:10'), HOUR, true],
    ['at its very end', monday('10:00'), HOUR, true],
    ['just after it', new Date(monday('10:00').getTime() + 1), HOUR, false],
    ['without a window, at the moment of closing', monday('09:00'), 0, false],
    ['without a window, long after', monday('10:00'), 0, false],
  ])('%s', (_when, now, window, within) => {
    expect(
      destination({ now, previous: previous(), reopenWindowOf: (id) => (id === previousSector ? window : 0) }),
    ).toMatchObject(
      within
        ? { sectorId: previousSector, because: 'previous-conversation', ladder: [owner()] }
        : { sectorId: channelSector, because: 'channel', ladder: [] },
    );
  });

  test('a previous conversation that nobody owned only gives the sector', () => {
    expect(destination({ previous: previous({ lastOwnerId: null }), reopenWindowOf: () => HOUR })).toMatchObject({
      sectorId: previousSector,
      ladder: [],
    });
  });

  test("where a rule gives the sector, that sector's window decides about the last owner, who is tried there", () => {
    const rules = [rule(1)];
    expect(
      destination({ rules, previous: previous(), reopenWindowOf: (id) => (id === ruleSector ? HOUR : 0) }).ladder,
    ).toEqual([owner(ruleSector)]);
    expect(
      destination({ rules, previous: previous(), reopenWindowOf: (id) => (id === previousSector ? HOUR : 0) }).ladder,
    ).toEqual([]);
  });

  test("where the channel's sector has a window of its own, the last owner is tried there", () => {
    expect(
      destination({ previous: previous(), reopenWindowOf: (id) => (id === channelSector ? HOUR : 0) }),
    ).toMatchObject({ sectorId: channelSector, because: 'channel', ladder: [owner(channelSector)] });
  });
});

describe('R29: the owner of the portfolio', () => {
  const ownersSector = sector(4);
  const portfolio = (overrides: Partial<PortfolioOwner> = {}): PortfolioOwner => ({
    ownerId: user(7),
    active: true,
    defaultSectorId: ownersSector,
    ...overrides,
  });
  const target = (n: number, because: 'portfolio' | 'last-owner', sectorId: SectorId) => ({
    agentId: user(n),
    sectorId,
    because,
    fallback: 'queue',
    senderId: null,
    fromSectorId: sectorId,
  });
  /** Whose window is an hour: the previous conversation was closed an hour ago. */
  const windowOf =
    (...open: readonly SectorId[]) =>
    (id: SectorId) =>
      open.includes(id) ? HOUR : 0;

  test.each<[situation: string, facts: Partial<Facts>, because: string, sectorId: SectorId]>([
    [
      'a rule’s sector first',
      { rules: [rule(1)], previous: previous(), reopenWindowOf: () => HOUR },
      'rule',
      ruleSector,
    ],
    [
      'then the previous conversation’s, within its window',
      { previous: previous(), reopenWindowOf: windowOf(previousSector) },
      'previous-conversation',
      previousSector,
    ],
    ['then the owner’s default sector', { previous: previous() }, 'portfolio', ownersSector],
    [
      'then, without a default sector, the channel’s',
      { portfolio: portfolio({ defaultSectorId: null }) },
      'channel',
      channelSector,
    ],
    ['an owner who was let go gives no sector', { portfolio: portfolio({ active: false }) }, 'channel', channelSector],
  ])('the sector: %s', (_situation, facts, because, sectorId) => {
    expect(destination({ portfolio: portfolio(), ...facts })).toMatchObject({ because, sectorId });
  });

  test('is tried first in the sector that was found, then the last owner', () => {
    expect(
      destination({ portfolio: portfolio(), previous: previous(), reopenWindowOf: windowOf(previousSector) }).ladder,
    ).toEqual([target(7, 'portfolio', previousSector), target(5, 'last-owner', previousSector)]);
    expect(destination({ portfolio: portfolio(), rules: [rule(1)] }).ladder).toEqual([
      target(7, 'portfolio', ruleSector),
    ]);
  });

  test('who was the last owner, too, is tried once', () => {
    expect(
      destination({
        portfolio: portfolio({ ownerId: user(5) }),
        previous: previous(),
        reopenWindowOf: windowOf(previousSector),
      }).ladder,
    ).toEqual([target(5, 'portfolio', previousSector)]);
  });

  test('who was let go is still tried first, so that the timeline says why they were passed over', () => {
    expect(destination({ portfolio: portfolio({ active: false }) }).ladder).toEqual([
      target(7, 'portfolio', channelSector),
    ]);
  });
});
