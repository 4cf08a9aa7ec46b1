import { describe, expect, test } from 'vitest';
import { limitAt, type Situation, waitBehind, withPlace } from '../../../src/domain/routing/decide.ts';
import {
  afterOfferEnded,
  type Distribution,
  freshDistribution,
  returnedDistribution,
} from '../../../src/domain/routing/distribution.ts';
import type { MemberFacts } from '../../../src/domain/routing/members.ts';
import { decide, choice, chosen, started, had, declinedBy, away, full, supervisor } from '../../support/decisions.ts';
import {
  alwaysOpen,
  deepFreeze,
  directTo,
  member,
  members,
  MINUTE,
  monday,
  neverOpen,
  numberOf,
  officeHours,
  place,
  settings,
  situation,
  user,
} from '../../support/situations.ts';

describe('R8: the distribution limit', () => {
  test('opens the conversation to the sector at the limit, not a moment before', () => {
    const distribution = had(1);
    expect(decide({ distribution, now: new Date(monday('10:30').getTime() - 1) }).kind).toBe('offer');
    expect(decide({ distribution, now: monday('10:30') })).toMatchObject({ kind: 'open', reason: 'limit-reached' });
    expect(decide({ distribution, now: monday('16:00') })).toMatchObject({ kind: 'open', reason: 'limit-reached' });
  });

  test('goes before whatever else could be said: nobody available, a place that became free', () => {
    expect(decide({ distribution: had(1), now: monday('10:30'), members: [] })).toMatchObject({
      reason: 'limit-reached',
    });
    expect(decide({ distribution: started(), now: monday('10:30') })).toMatchObject({ reason: 'limit-reached' });
  });

  test('counts business time only', () => {
    const distribution = started({ startedAt: monday('11:50').toISOString() });
    expect(limitAt(distribution, officeHours, settings())).toEqual(monday('13:20'));
    expect(decide({ calendar: officeHours, distribution, now: monday('13:19') }).kind).toBe('offer');
    expect(decide({ calendar: officeHours, distribution, now: monday('13:20') })).toMatchObject({
      reason: 'limit-reached',
    });
  });

  test('is counted from the first offer or the first wait for a place, whichever is earlier, and never anew', () => {
    const waited = decide({ members: [member(1, full)] });
    expect(waited).toMatchObject({ kind: 'wait', distribution: { startedAt: monday('10:00').toISOString() } });
    if (waited.kind !== 'wait') return;
    const offered = choice(decide({ now: monday('10:20'), distribution: waited.distribution }));
    expect(offered.distribution.startedAt).toBe(monday('10:00').toISOString());
    const ended = afterOfferEnded(offered.distribution, place(1), { direct: false, declined: false });
    expect(choice(decide({ now: monday('10:25'), distribution: ended })).distribution.startedAt).toBe(
      monday('10:00').toISOString(),
    );
  });

  test('does not run before the distribution began, nor in a sector that never opens', () => {
    expect(limitAt(freshDistribution(1), alwaysOpen, settings())).toBeNull();
    expect(limitAt(started(), neverOpen, settings())).toBeNull();
  });

  test('R27: a limit that is changed applies to the running distribution', () => {
    const distribution = had(1);
    const shorter = settings({ distributionLimitMs: 10 * MINUTE });
    expect(decide({ distribution, now: monday('10:12'), settings: shorter })).toMatchObject({
      reason: 'limit-reached',
    });
    expect(
      decide({ distribution, now: monday('10:40'), settings: settings({ distributionLimitMs: 60 * MINUTE }) }).kind,
    ).toBe('offer');
  });
});

describe('R10 and R11: nobody can have it', () => {
  test.each<[what: string, team: MemberFacts[], distribution: Distribution, outcome: string]>([
    ['a sector without members', [], freshDistribution(1), 'open nobody-available'],
    ['all unavailable', [member(1, away), member(2, away)], freshDistribution(1), 'open nobody-available'],
    ['supervisors only', [member(1, supervisor)], freshDistribution(1), 'open nobody-available'],
    ['one at capacity', [member(1, full)], freshDistribution(1), 'wait no-capacity'],
    [
      'one at capacity, the others unavailable',
      [member(1, away), member(2, full)],
      freshDistribution(1),
      'wait no-capacity',
    ],
    [
      'who is at capacity is unavailable as well',
      [member(1, { ...away, ...full })],
      freshDistribution(1),
      'open nobody-available',
    ],
    ['all became unavailable later', [member(1, away), member(2, away)], had(1), 'open nobody-available'],
    ['all declined', members(1, 2), declinedBy(1, 2), 'open declined-by-all'],
    ['all who could have it declined', [member(1), member(2, away)], declinedBy(1), 'open declined-by-all'],
    ['one declined, one is at capacity', [member(1), member(2, full)], declinedBy(1), 'wait no-capacity'],
    ['who declined is at capacity as well', [member(1, full)], declinedBy(1), 'open declined-by-all'],
    [
      'who declined is gone, the others are unavailable',
      [member(1, away), member(2, away)],
      declinedBy(1),
      'open nobody-available',
    ],
  ])('%s', (_what, team, distribution, outcome) => {
    const decision = decide({ members: team, distribution });
    expect(`${decision.kind} ${'reason' in decision ? decision.reason : ''}`).toBe(outcome);
  });

  test('a wait for a place ends with the limit at the latest (R8)', () => {
    expect(decide({ members: [member(1, full)] })).toMatchObject({ dueAt: monday('10:30') });
    expect(
      decide({ members: [member(1, full)], distribution: started({ startedAt: monday('09:45').toISOString() }) }),
    ).toMatchObject({ dueAt: monday('10:15') });
  });

  test('who declined is passed over, also when nobody else is left but those at capacity', () => {
    expect(chosen(decide({ distribution: declinedBy(1) }))).toBe(2);
    expect(
      chosen(
        decide({ members: members(1, 2), distribution: { ...declinedBy(1), had: [user(1), user(2)], after: null } }),
      ),
    ).toBe(2);
  });

  test('an older conversation goes before: this one waits for the next place, its limit running', () => {
    expect(waitBehind(deepFreeze(situation()), [])).toEqual({
      kind: 'wait',
      reason: 'no-capacity',
      dueAt: monday('10:30'),
      distribution: { ...freshDistribution(1), startedAt: monday('10:00').toISOString() },
      considered: [],
    });
  });

  test('places are offered in the creation order, to those only who could take one', () => {
    const team = [member(4), member(3, full), member(2, away), member(1, { freePlaces: 2 })];
    expect(withPlace(deepFreeze(team)).map(({ userId }) => numberOf(userId))).toEqual([1, 4]);
  });
});

describe('R24: while the sector is closed', () => {
  test.each<[what: string, distribution: Distribution]>([
    ['an arrival', freshDistribution(1)],
    ['a return', returnedDistribution(2, place(1))],
    ['an offer that was declined or withdrawn', declinedBy(1)],
    ['a conversation past its limit', started({ startedAt: monday('08:00').toISOString() })],
    ['a direct offer', freshDistribution(1, directTo(2))],
  ])('%s waits for the opening', (_what, distribution) => {
    expect(decide({ calendar: officeHours, now: monday('12:00'), distribution })).toEqual({
      kind: 'wait',
      reason: 'out-of-hours',
      dueAt: monday('13:00'),
      distribution,
      considered: [],
    });
  });

  test('nothing opens, not even without anybody', () => {
    expect(decide({ calendar: officeHours, now: monday('12:30'), members: [] })).toMatchObject({
      kind: 'wait',
      reason: 'out-of-hours',
    });
  });

  test('no limit begins: it starts with the first offer after the opening', () => {
    expect(decide({ calendar: officeHours, now: monday('12:30') })).toMatchObject({
      distribution: { startedAt: null },
    });
    expect(choice(decide({ calendar: officeHours, now: monday('13:00') })).distribution.startedAt).toBe(
      monday('13:00').toISOString(),
    );
  });

  test('in a sector that never opens there is nothing to wait for but a wake-up', () => {
    expect(decide({ calendar: neverOpen })).toMatchObject({ kind: 'wait', reason: 'out-of-hours', dueAt: null });
  });
});

describe('modes of distribution', () => {
  const automatic = settings({ mode: 'automatic' });
  const manual = settings({ mode: 'manual' });

  test('automatic: assigns by the same order, moving the arrow alike (R3)', () => {
    expect(decide({ settings: automatic, pointer: place(2) })).toMatchObject({
      kind: 'assign',
      agentId: user(2),
      pointerAfter: place(3),
    });
  });

  test('automatic: waits for a place without a limit, and opens when nobody is there (R10)', () => {
    expect(
      decide({
        settings: automatic,
        members: [member(1, full)],
        distribution: started({ startedAt: monday('08:00').toISOString() }),
      }),
    ).toMatchObject({ kind: 'wait', reason: 'no-capacity', dueAt: null });
    expect(waitBehind(situation({ settings: automatic }), [])).toMatchObject({ dueAt: null });
    expect(decide({ settings: automatic, members: [member(1, away)] })).toMatchObject({
      kind: 'open',
      reason: 'nobody-available',
    });
  });

  test('automatic: waits while the sector is closed (R24)', () => {
    expect(decide({ settings: automatic, calendar: officeHours, now: monday('12:30') })).toMatchObject({
      reason: 'out-of-hours',
    });
  });

  test('automatic: a last owner is assigned (R31), a transfer to a person stays an offer (R18)', () => {
    expect(
      decide({
        settings: automatic,
        distribution: freshDistribution(1, directTo(2, { because: 'last-owner', senderId: null })),
      }),
    ).toMatchObject({ kind: 'assign', agentId: user(2), direct: true });
    expect(decide({ settings: automatic, distribution: freshDistribution(1, directTo(2)) })).toMatchObject({
      kind: 'offer',
      agentId: user(2),
    });
  });

  test.each<[when: string, facts: Partial<Situation>]>([
    ['open', {}],
    ['closed', { calendar: officeHours, now: monday('12:30') }],
    [
      'with a last owner to try',
      { distribution: freshDistribution(1, directTo(2, { because: 'last-owner', senderId: null })) },
    ],
    ['after a direct offer that was not accepted', { distribution: had(1) }],
  ])('manual: waits until a member takes it – %s', (_when, facts) => {
    expect(decide({ settings: manual, ...facts })).toMatchObject({ kind: 'wait', reason: 'manual', dueAt: null });
  });

  test('manual: a transfer to a person is offered all the same (R18)', () => {
    expect(decide({ settings: manual, distribution: freshDistribution(1, directTo(2)) })).toMatchObject({
      kind: 'offer',
      agentId: user(2),
    });
  });
});
