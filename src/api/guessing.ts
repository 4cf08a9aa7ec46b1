import type { Request } from 'express';
import { Refusal } from '../domain/errors.ts';
import { hasCredentials } from './authenticate.ts';
import type { ApiDeps } from './deps.ts';
import type { Route } from './route.ts';
import { attemptKey, countAttempt } from './sessions/signIn.ts';

/**
 * Counts a token, key or link that is none, for the place from which it came. Good ones cost nothing.
 * @returns what to answer: the refusal as it was, or `too-many-requests` for who tries too many
 */
export async function slowedDown(deps: ApiDeps, route: Route, request: Request, error: unknown): Promise<unknown> {
  if (!(error instanceof Refusal) || !isGuess(error, route, request, deps.publicUrl)) return error;
  return countGuess(deps, request, error);
}

/** The same for the page of a link that leads nowhere. @returns what to answer */
export const slowedDownPage = async (deps: ApiDeps, request: Request, error: unknown): Promise<unknown> =>
  error instanceof Refusal && error.code === 'not-found' ? countGuess(deps, request, error) : error;

async function countGuess(deps: ApiDeps, request: Request, error: Refusal): Promise<unknown> {
  try {
    await countAttempt(deps.secretLimiter, attemptKey('secret', request.ip ?? ''));
    return error;
  } catch (tooMany) {
    return tooMany;
  }
}

/** A credential that is none, or a link in the path that leads nowhere. */
const isGuess = ({ code }: Refusal, route: Route, request: Request, publicUrl: string): boolean =>
  (code === 'unauthenticated' && hasCredentials(request, publicUrl)) ||
  (code === 'not-found' && route.path.includes('{token}'));
