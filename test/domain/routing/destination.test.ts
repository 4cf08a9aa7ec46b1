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
const byRule = (overrides: Partial<NonNullable<Facts['byRule']>> = {}): NonNullable<Facts['byRule']> => ({
  ruleId: ruleId(1),
  sectorId: ruleSector,
  agentId: null,
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
      byRule: null,
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
      ladder: [],
    });
  });
});

describe('R28: where a rule says where to', () => {
  test("its sector goes before the channel's and the previous conversation's, and it is named", () => {
    expect(destination({ byRule: byRule(), previous: previous(), reopenWindowOf: () => HOUR })).toMatchObject({
      sectorId: ruleSector,
      because: 'rule',
      ruleId: ruleId(1),
    });
  });

  test('its agent is tried before the last owner, in the sector that the conversation would have anyway', () => {
    const named = destination({
      byRule: byRule({ sectorId: null, agentId: user(7) }),
      previous: previous(),
      reopenWindowOf: () => HOUR,
    });
    expect(named).toMatchObject({ sectorId: previousSector, because: 'previous-conversation', ruleId: ruleId(1) });
    expect(named.ladder).toMatchObject([
      { agentId: user(7), because: 'rule', fallback: 'queue', sectorId: previousSector },
      { agentId: user(5), because: 'last-owner', sectorId: previousSector },
    ]);
  });

  test('sector and agent together: the agent is tried in that sector', () => {
    expect(destination({ byRule: byRule({ agentId: user(7) }) })).toMatchObject({
      sectorId: ruleSector,
      because: 'rule',
      ladder: [{ agentId: user(7), sectorId: ruleSector }],
    });
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
    expect(
      destination({ byRule: byRule(), previous: previous(), reopenWindowOf: (id) => (id === ruleSector ? HOUR : 0) })
        .ladder,
    ).toEqual([owner(ruleSector)]);
    expect(
      destination({
        byRule: byRule(),
        previous: previous(),
        reopenWindowOf: (id) => (id === previousSector ? HOUR : 0),
      }).ladder,
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
      { byRule: byRule(), previous: previous(), reopenWindowOf: () => HOUR },
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
    expect(destination({ portfolio: portfolio(), byRule: byRule() }).ladder).toEqual([
      target(7, 'portfolio', ruleSector),
    ]);
  });

  test('comes after the agent whom a rule names, and is tried once where the rule names them', () => {
    const named = (n: number) =>
      destination({ portfolio: portfolio(), byRule: byRule({ agentId: user(n) }) }).ladder.map(
        ({ agentId, because }) => [agentId, because],
      );
    expect(named(8)).toEqual([
      [user(8), 'rule'],
      [user(7), 'portfolio'],
    ]);
    expect(named(7)).toEqual([[user(7), 'rule']]);
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
