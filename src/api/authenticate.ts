import { parse as parseCookies } from 'cookie';
import { sql } from 'kysely';
import type { IncomingMessage } from 'node:http';
import { abilityOf } from '../domain/access/ability.ts';
import { Refusal } from '../domain/errors.ts';
import type { Db } from '../database/db.ts';
import { loadPersonOfSession } from '../database/repositories/principals.ts';
import { hashSecret } from '../database/secrets.ts';
import type { InboundChannel } from '../database/steps/beginConversation.ts';
import { isFromAnotherSite } from './crossSite.ts';
import type { Callers } from './route.ts';

/** How the session cookie is called; browsers take a `__Host-` one from nobody but this very host, over TLS. */
export const sessionCookie = (publicUrl: string): string =>
  publicUrl.startsWith('https:') ? '__Host-rodizio_session' : 'rodizio_session';

const bearerOf = (request: IncomingMessage): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

const unauthenticated = () => new Refusal('unauthenticated', 'Send a valid token: Authorization: Bearer …');

const cookieOf = (request: IncomingMessage, publicUrl: string): string | undefined =>
  parseCookies(request.headers.cookie ?? '')[sessionCookie(publicUrl)];

/** Whether a request claims to be somebody's, be it wrongly. */
export const hasCredentials = (request: IncomingMessage, publicUrl: string): boolean =>
  request.headers.authorization !== undefined || cookieOf(request, publicUrl) !== undefined;

/**
 * The signed-in person or the API key behind a request, with the rights of this moment.
 * @throws Refusal `unauthenticated`; `forbidden` for a change that a page of another site sent with the person's cookie
 */
export async function authenticatePerson(
  db: Db,
  request: IncomingMessage,
  publicUrl: string,
): Promise<Callers['person']> {
  const bearer = bearerOf(request);
  if (bearer?.startsWith('rza_')) return keyOf(db, hashSecret(bearer));
  const token = bearer ?? cookieOf(request, publicUrl);
  if (!token?.startsWith('rzs_')) throw unauthenticated();
  if (bearer === undefined && isFromAnotherSite(request, publicUrl))
    throw new Refusal('forbidden', 'A page of another site sent this with your cookie; nothing was done.');
  return personOfSession(db, hashSecret(token));
}

/**
 * The person of a session, as long as it runs and they are active, or an API key that is valid; with `acting` the audit names them and the request
 * for the rest of the transaction.
 * @throws Refusal `unauthenticated`
 */
export async function personOfSession(
  db: Db,
  sessionHash: string,
  acting?: { readonly requestId: string },
): Promise<Callers['person']> {
  const person = await loadPersonOfSession(db, sessionHash, acting);
  if (!person) throw unauthenticated();
  return { person, ability: abilityOf(person, person), sessionHash };
}

/** The API key of this hash; that it was used is noted, to the minute. @throws Refusal `unauthenticated` */
async function keyOf(db: Db, keyHash: string): Promise<Callers['person']> {
  const found = await personOfSession(db, keyHash);
  await sql`
    update api_key set last_used_at = date_trunc('minute', clock_timestamp())
     where key_hash = ${keyHash} and (last_used_at is null or last_used_at < date_trunc('minute', clock_timestamp()))`.execute(
    db,
  );
  return found;
}

/** The channel whose key a request carries. @throws Refusal `unauthenticated` */
export async function authenticateChannel(db: Db, request: IncomingMessage): Promise<InboundChannel> {
  const key = bearerOf(request);
  if (!key?.startsWith('rzc_')) throw unauthenticated();
  const channel = await db
    .selectFrom('channel_key as k')
    .innerJoin('channel as c', 'c.id', 'k.channelId')
    .select(['c.id', 'c.slug', 'c.kind', 'c.sectorId', 'c.agentIds'])
    .where('k.keyHash', '=', hashSecret(key))
    .where('k.revokedAt', 'is', null)
    .where('c.active', '=', true)
    .executeTakeFirst();
  if (!channel) throw unauthenticated();
  return { ...channel, agentIds: channel.agentIds ?? null };
}
