import type { IncomingMessage } from 'node:http';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether a browser says that a page of another origin sent this change. The cookie is `SameSite=Strict`, but a page of
 * a neighbouring host counts as the same site. Programs that are no browsers send neither header.
 */
export function isFromAnotherSite({ method, headers }: IncomingMessage, publicUrl: string): boolean {
  if (safeMethods.has(method ?? '')) return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  // Browsers leave the other header out where there is no TLS.
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return origin !== new URL(publicUrl).origin && hostOf(origin) !== host;
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
