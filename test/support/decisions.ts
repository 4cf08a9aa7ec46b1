import type { Considered } from '../../src/domain/routing/considered.ts';
import { type Choice, decideNext, type Decision, type Situation } from '../../src/domain/routing/decide.ts';
import { afterOfferEnded, type Distribution, freshDistribution } from '../../src/domain/routing/distribution.ts';
import { deepFreeze, monday, numberOf, place, situation } from './situations.ts';

/** What happens next in a situation that nothing may change. */
export const decide = (overrides: Partial<Situation> = {}): Decision => decideNext(deepFreeze(situation(overrides)));

/** Who was chosen, and why. @throws when nobody was */
export function choice(decision: Decision): Choice {
  if (decision.kind === 'offer' || decision.kind === 'assign') return decision;
  throw new Error(`Nobody was chosen: ${JSON.stringify(decision)}`);
}

/** The number of the agent who was chosen. */
export const chosen = (decision: Decision): number => numberOf(choice(decision).agentId);

/** Who was asked and what came of it, one line each. */
export const seen = (considered: readonly Considered[]): string[] =>
  considered.map(({ userId, outcome }) => `${numberOf(userId)} ${outcome}`);

/** A distribution that began at ten. */
export const started = (overrides: Partial<Distribution> = {}): Distribution => ({
  ...freshDistribution(1),
  startedAt: monday('10:00').toISOString(),
  ...overrides,
});

/** A distribution in which these had an offer in this round, the last of them having let it go just now. */
export const had = (...numbers: readonly number[]): Distribution =>
  numbers.reduce(
    (distribution, n) => afterOfferEnded(distribution, place(n), { direct: false, declined: false }),
    started(),
  );

/** … and these declined it. */
export const declinedBy = (...numbers: readonly number[]): Distribution =>
  numbers.reduce(
    (distribution, n) => afterOfferEnded(distribution, place(n), { direct: false, declined: true }),
    started(),
  );

/** Members who cannot, for one reason each. */
export const [away, full, supervisor] = [
  { available: false },
  { freePlaces: 0 },
  { functions: ['supervisor'] },
] as const;
