import type { SectorId, UserId } from '../../src/domain/ids.ts';
import type { BusinessHours } from '../../src/domain/routing/businessHours.ts';
import type { Calendar } from '../../src/domain/routing/calendar.ts';
import type { Situation } from '../../src/domain/routing/decide.ts';
import { type DirectTarget, freshDistribution } from '../../src/domain/routing/distribution.ts';
import type { MemberFacts, Place } from '../../src/domain/routing/members.ts';
import type { DistributionSettings } from '../../src/domain/routing/settings.ts';

export const MINUTE = 60_000;

/** An instant of one Monday, `time` being the wall time of the demo company (America/Sao_Paulo, UTC−3). */
export const monday = (time: string): Date => new Date(`2026-03-09T${time}${time.length === 5 ? ':00' : ''}-03:00`);

const uuid = (kind: number, n: number): string => `0000000${kind}-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** The id of the nth user by creation. */
export const user = (n: number): UserId => uuid(1, n) as UserId;
export const sector = (n: number): SectorId => uuid(2, n) as SectorId;
/** Which user of `user(n)` this is. */
export const numberOf = (id: UserId): number => Number(id.slice(-12));

/** The nth user's place in the creation order. */
export const place = (n: number): Place => ({
  createdAt: new Date(Date.UTC(2026, 0, 1) + n * MINUTE),
  userId: user(n),
});

/** A member who can take conversations, unless said otherwise. */
export const member = (n: number, overrides: Partial<MemberFacts> = {}): MemberFacts => ({
  ...place(n),
  functions: ['agent'],
  active: true,
  verified: true,
  available: true,
  mayAccept: true,
  inChannel: true,
  inGroup: true,
  freePlaces: null,
  ...overrides,
});

/** `members(1, 2, 3)`: three who can. */
export const members = (...numbers: readonly number[]): MemberFacts[] => numbers.map((n) => member(n));

export const settings = (overrides: Partial<DistributionSettings> = {}): DistributionSettings => ({
  mode: 'sequential',
  offerTimeoutMs: 10 * MINUTE,
  distributionLimitMs: 30 * MINUTE,
  overflow: true,
  capacity: null,
  cherryPicking: true,
  ...overrides,
});

export const alwaysOpen: Calendar = [{ since: new Date(0), hours: null }];

/** Hours with the same intervals on every day of the week. */
export const daily = (...intervals: readonly (readonly [from: string, to: string])[]): BusinessHours => ({
  timeZone: 'America/Sao_Paulo',
  weekly: [1, 2, 3, 4, 5, 6, 7].flatMap((day) => intervals.map(([from, to]) => ({ day, from, to }))),
  holidays: [],
});

/** Open from eight to noon and from one to six, every day. */
export const officeHours: Calendar = [{ since: new Date(0), hours: daily(['08:00', '12:00'], ['13:00', '18:00']) }];
export const neverOpen: Calendar = [{ since: new Date(0), hours: daily() }];

/** A new conversation on Monday at ten in a sector that is always open, with three agents who can. */
export const situation = (overrides: Partial<Situation> = {}): Situation => ({
  now: monday('10:00'),
  calendar: alwaysOpen,
  settings: settings(),
  portfolioAssigns: false,
  members: members(1, 2, 3),
  pointer: null,
  distribution: freshDistribution(1),
  ...overrides,
});

/** A transfer to the nth user in sector 1, by user 9, unless said otherwise. */
export const directTo = (n: number, overrides: Partial<DirectTarget> = {}): DirectTarget => ({
  agentId: user(n),
  sectorId: sector(1),
  because: 'transfer',
  fallback: 'queue',
  senderId: user(9),
  fromSectorId: sector(1),
  ...overrides,
});

/** The same value, in which nothing can be changed any more. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
