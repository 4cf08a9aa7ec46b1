import { Refusal } from '../domain/errors.ts';

const sqlState = (error: unknown): string | undefined => {
  for (let cause = error; cause instanceof Error; cause = cause.cause ?? (cause as { previous?: unknown }).previous) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code === 'string') return code;
  }
  return undefined;
};

/** Serialisation failure, deadlock, lock time-out: somebody else was first; the same work may succeed next time. */
const transientStates = new Set(['40001', '40P01', '55P03']);

/** Connection failures of PostgreSQL (class 08, 57P0x, 53300, no such database) and of the socket below it. */
const awayStates = /^(08...|57P0[1-3]|53300|3D000|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOENT)$/;
const awayMessages =
  /Connection terminated|timeout exceeded when trying to connect|Connection ended|connection is closed|Client has encountered a connection error/i;

/** Met only when two transactions brought the same message or contact at once: the second now finds what the first wrote. */
const overtakenConstraints = new Set(['message_provider_unique', 'conversation_one_active']);

/** Somebody changed what no lock held while the locks were taken: `transact` starts the same work anew. */
export class LostRace extends Error {
  readonly code = '40001';
}

/** Whether the same transaction may succeed when tried again at once. */
export const isTransient = (error: unknown): boolean =>
  transientStates.has(sqlState(error) ?? '') || overtakenConstraints.has(violatedConstraint(error) ?? '');

/** Whether the database cannot be reached, or is overwhelmed so that a step ran out of time. */
export const isAway = (error: unknown): boolean => {
  const state = sqlState(error);
  if (state && (awayStates.test(state) || transientStates.has(state) || state === '57014')) return true;
  return error instanceof Error && awayMessages.test(error.message);
};

/** Names the one error that callers must tell apart: the database is away (`503`); anything else passes unchanged. */
export const unavailableWhenAway = (error: unknown): unknown =>
  !(error instanceof Refusal) && isAway(error)
    ? new Refusal('unavailable', 'The database is away for the moment. Nothing was changed; try again.', {
        part: 'database',
      })
    : error;

/** The name of the unique constraint that a write ran into, if that is what happened. */
export const violatedConstraint = (error: unknown): string | undefined => {
  for (let cause = error; cause instanceof Error; cause = cause.cause ?? (cause as { previous?: unknown }).previous) {
    const { code, constraint } = cause as { code?: unknown; constraint?: unknown };
    if (code === '23505' && typeof constraint === 'string') return constraint;
  }
  return undefined;
};

/** Answers a write that runs into the unique constraint with the refusal that it stands for. */
export async function uniqueOr<T>(constraint: string, refusal: () => Error, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    throw violatedConstraint(error) === constraint ? refusal() : error;
  }
}
