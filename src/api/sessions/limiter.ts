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

/** For one address from one place: signing in, and asking for a new password. */
export const signInLimits: AttemptLimits = { attempts: 10, perSeconds: 15 * 60 };

/** For one place, whatever the address: asking for new passwords. */
export const resetLimits: AttemptLimits = { attempts: 60, perSeconds: 15 * 60 };

/** Counts attempts in the database, so that all processes count together. */
export function createAttemptLimiter(orm: MikroORM, limits: AttemptLimits): AttemptLimiter {
  const limiter = new RateLimiterPostgres({
    storeClient: poolOf(orm),
    storeType: 'pool',
    tableName: 'sign_in_attempt',
    tableCreated: true,
    keyPrefix: '',
    points: limits.attempts,
    duration: limits.perSeconds,
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
      await limiter.delete(key);
    },
  };
}

/** The one method that the library asks of a pool, on the connections of this process. */
const poolOf = (orm: MikroORM) => ({
  query: ({ text, values }: { readonly text: string; readonly values?: readonly unknown[] }) =>
    dbOf(orm.em.fork()).executeQuery(CompiledQuery.raw(text, [...(values ?? [])])),
});
