import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roles } from '../../../src/domain/access/permissions.ts';
import type { Principal } from '../../../src/domain/access/principal.ts';
import {
  applyRightsChange,
  concerns,
  type RightsChange,
  undoRightsChange,
} from '../../../src/domain/access/rightsChange.ts';
import type { ChannelId, PermissionGroupId, SectorId, UserId } from '../../../src/domain/ids.ts';

const me = 'me' as UserId;
const other = 'other' as UserId;
const [mine, another] = ['g1', 'g2'] as [PermissionGroupId, PermissionGroupId];
const sectors = ['s1', 's2', 's3'] as SectorId[];
const channels = ['c1', 'c2'] as ChannelId[];

const principal = (overrides: Partial<Principal> = {}): Principal => ({
  userId: me,
  role: 'agent',
  groupId: mine,
  permissions: ['accept-conversations'],
  memberOf: [sectors[1]!],
  supervises: [],
  hiddenChannels: [],
  clientGroups: [],
  ...overrides,
});

describe('a change of rights', () => {
  test('who joins a sector as its supervisor is a member who supervises it', () => {
    const after = applyRightsChange(principal(), {
      kind: 'membership',
      userId: me,
      sectorId: sectors[0]!,
      before: null,
      after: ['supervisor'],
    });
    expect(after).toEqual(principal({ memberOf: [sectors[0]!, sectors[1]!], supervises: [sectors[0]!] }));
  });

  test('who leaves a sector neither belongs to it nor supervises it any more', () => {
    const before = principal({ memberOf: sectors, supervises: [sectors[2]!] });
    const after = applyRightsChange(before, {
      kind: 'membership',
      userId: me,
      sectorId: sectors[2]!,
      before: ['agent', 'supervisor'],
      after: null,
    });
    expect(after).toEqual(principal({ memberOf: [sectors[0]!, sectors[1]!], supervises: [] }));
  });

  test('who keeps only the function agent stays a member and no longer supervises', () => {
    const before = principal({ supervises: [sectors[1]!] });
    const after = applyRightsChange(before, {
      kind: 'membership',
      userId: me,
      sectorId: sectors[1]!,
      before: ['agent', 'supervisor'],
      after: ['agent'],
    });
    expect(after).toEqual(principal());
  });

  test('a list on a channel hides it from whoever does not stand on it, and its end shows it again', () => {
    const listed: RightsChange = { kind: 'channel-list', channelId: channels[0]!, before: null, after: [other] };
    const hidden = applyRightsChange(principal(), listed);
    expect(hidden.hiddenChannels).toEqual([channels[0]]);
    expect(applyRightsChange(hidden, { ...listed, before: [other], after: null })).toEqual(principal());
  });

  test('a list that changes for others leaves the very same rights', () => {
    const before = principal();
    expect(
      applyRightsChange(before, { kind: 'channel-list', channelId: channels[0]!, before: null, after: [me] }),
    ).toBe(before);
    expect(
      applyRightsChange(before, { kind: 'channel-list', channelId: channels[0]!, before: [other, me], after: [me] }),
    ).toBe(before);
  });

  test.each<RightsChange>([
    { kind: 'membership', userId: other, sectorId: sectors[1]!, before: ['agent'], after: null },
    { kind: 'role', userId: other, before: 'agent', after: 'administrator' },
    { kind: 'active', userId: other, active: false },
    { kind: 'permissions', groupId: another, before: [], after: ['accept-conversations'] },
    { kind: 'exceptions', userId: other, before: {}, after: { 'close-conversations': false } },
    { kind: 'sessions', userId: other },
  ])('a change of another ($kind) leaves the very same rights and concerns nobody else', (change) => {
    const before = principal();
    expect(applyRightsChange(before, change)).toBe(before);
    expect(undoRightsChange(before, change)).toBe(before);
    expect(concerns(change, before)).toBe(false);
  });

  test.each<RightsChange>([
    { kind: 'active', userId: me, active: false },
    { kind: 'permissions', groupId: mine, before: [], after: ['accept-conversations'] },
    { kind: 'exceptions', userId: me, before: {}, after: { 'close-conversations': false } },
    { kind: 'sessions', userId: me },
  ])('a change of what the person may do ($kind) concerns them though they see the same', (change) => {
    const before = principal();
    expect(applyRightsChange(before, change)).toBe(before);
    expect(concerns(change, before)).toBe(true);
  });

  test('any sequence of changes undone from the end leads back to the rights before it', () => {
    fc.assert(
      fc.property(fc.array(step(), { maxLength: 12 }), (steps) => {
        // Each change is written by who made it: `before` is what really was.
        const changes: RightsChange[] = [];
        let rights = principal();
        const lists = new Map<ChannelId, UserId[] | null>();
        for (const make of steps) {
          const change = make(rights, lists);
          changes.push(change);
          rights = applyRightsChange(rights, change);
        }
        expect(changes.toReversed().reduce(undoRightsChange, rights)).toEqual(principal());
      }),
    );
  });
});

type Make = (rights: Principal, lists: Map<ChannelId, UserId[] | null>) => RightsChange;

const step = (): fc.Arbitrary<Make> =>
  fc.oneof(
    fc
      .record({
        userId: fc.constantFrom(me, other),
        sectorId: fc.constantFrom(...sectors),
        after: fc.constantFrom(null, ['agent'] as const, ['supervisor'] as const, ['agent', 'supervisor'] as const),
      })
      .map<Make>((to) => (rights) => ({ kind: 'membership', ...to, before: functionsOf(rights, to.sectorId) })),
    fc
      .constantFrom(...roles, null)
      .map<Make>((after) => (rights) => ({ kind: 'role', userId: me, before: rights.role, after })),
    fc
      .record({
        channelId: fc.constantFrom(...channels),
        after: fc.constantFrom<UserId[] | null>(null, [me], [other], [me, other]),
      })
      .map<Make>(({ channelId, after }) => (_rights, lists) => {
        const before = lists.get(channelId) ?? null;
        lists.set(channelId, after);
        return { kind: 'channel-list', channelId, before, after };
      }),
  );

const functionsOf = (rights: Principal, sector: SectorId): ('agent' | 'supervisor')[] | null => {
  if (rights.supervises.includes(sector)) return ['supervisor'];
  return rights.memberOf.includes(sector) ? ['agent'] : null;
};
