import type { MikroORM } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { dbOf } from '../../database/db.ts';
import type { AttemptLimiter } from '../deps.ts';

/** How many attempts are allowed in how long a time. */
interface AttemptLimits {
  readonly attempts: number;
  readonly perSeconds: number;
}

/** For one account from one place: signing in, and asking for a new password. */
export const signInLimits: AttemptLimits = { attempts: 10, perSeconds: 15 * 60 };

/** For one place, whatever the address: asking for new passwords. */
export const resetLimits: AttemptLimits = { attempts: 60, perSeconds: 15 * 60 };

/** Signing in from one place, whatever the account, as long as it fails: one password tried on many. */
export const placeLimits: AttemptLimits = { attempts: 100, perSeconds: 15 * 60 };

/** Tokens, keys and links from one place that are none. */
export const secretLimits: AttemptLimits = { attempts: 120, perSeconds: 60 };

/**
 * Counts attempts in the database, so that all processes count together.
 * @param success whether a success makes the earlier attempts forgotten, or only itself
 */
export function createAttemptLimiter(
  orm: MikroORM,
  limits: AttemptLimits,
  success: 'forgets-all' | 'forgets-itself' = 'forgets-all',
): AttemptLimiter {
  const limiter = new RateLimiterPostgres({
    storeClient: poolOf(orm),
    storeType: 'pool',
    tableName: 'sign_in_attempt',
    tableCreated: true,
    keyPrefix: '',
    points: limits.attempts,
    duration: limits.perSeconds,
    // Whoever is over the limit costs the database nothing more.
    inMemoryBlockOnConsumed: limits.attempts + 1,
  });
  return {
    async attempt(key) {
      try {
        await limiter.consume(key);
        return 0;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(refused.msBeforeNext, 1);
        throw refused;
      }
    },
    async succeeded(key) {
      if (success === 'forgets-all') await limiter.delete(key);
      else await limiter.reward(key, 1);
    },
  };
}

/** The one method that the library asks of a pool, on the connections of this process. */
const poolOf = (orm: MikroORM) => ({
  query: ({ text, values }: { readonly text: string; readonly values?: readonly unknown[] }) =>
    dbOf(orm.em.fork()).executeQuery(CompiledQuery.raw(text, [...(values ?? [])])),
});
