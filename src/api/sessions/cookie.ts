import { stringifySetCookie } from 'cookie';
import { sessionCookie } from '../authenticate.ts';
import type { ApiDeps } from '../deps.ts';

const attributes = (deps: ApiDeps) =>
  ({ httpOnly: true, sameSite: 'strict', path: '/', secure: deps.publicUrl.startsWith('https:') }) as const;

/** The header that gives a browser the session: out of reach of scripts and of other sites. */
export const cookieWith = (deps: ApiDeps, token: string, expires: Date): Record<string, string> => ({
  'set-cookie': stringifySetCookie(sessionCookie(deps.publicUrl), token, { ...attributes(deps), expires }),
});

export const cookieGone = (deps: ApiDeps): Record<string, string> => ({
  'set-cookie': stringifySetCookie(sessionCookie(deps.publicUrl), '', { ...attributes(deps), maxAge: 0 }),
});
