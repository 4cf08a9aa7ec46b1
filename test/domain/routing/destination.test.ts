import { describe, expect, test } from 'vitest';
import type { RuleId } from '../../../src/domain/ids.ts';
import { destinationOf, type PreviousConversation } from '../../../src/domain/routing/destination.ts';
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
      first: null,
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
    expect(named.first).toMatchObject({
      agentId: user(7),
      because: 'rule',
      fallback: 'queue',
      sectorId: previousSector,
    });
  });

  test('sector and agent together: the agent is tried in that sector', () => {
    expect(destination({ byRule: byRule({ agentId: user(7) }) })).toMatchObject({
      sectorId: ruleSector,
      because: 'rule',
      first: { agentId: user(7), sectorId: ruleSector },
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
        ? { sectorId: previousSector, because: 'previous-conversation', first: owner() }
        : { sectorId: channelSector, because: 'channel', first: null },
    );
  });

  test('a previous conversation that nobody owned only gives the sector', () => {
    expect(destination({ previous: previous({ lastOwnerId: null }), reopenWindowOf: () => HOUR })).toMatchObject({
      sectorId: previousSector,
      first: null,
    });
  });

  test("where a rule gives the sector, that sector's window decides about the last owner, who is tried there", () => {
    expect(
      destination({ byRule: byRule(), previous: previous(), reopenWindowOf: (id) => (id === ruleSector ? HOUR : 0) })
        .first,
    ).toEqual(owner(ruleSector));
    expect(
      destination({
        byRule: byRule(),
        previous: previous(),
        reopenWindowOf: (id) => (id === previousSector ? HOUR : 0),
      }).first,
    ).toBeNull();
  });

  test("where the channel's sector has a window of its own, the last owner is tried there", () => {
    expect(
      destination({ previous: previous(), reopenWindowOf: (id) => (id === channelSector ? HOUR : 0) }),
    ).toMatchObject({ sectorId: channelSector, because: 'channel', first: owner(channelSector) });
  });
});
