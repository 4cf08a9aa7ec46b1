import { createHash, randomBytes } from 'node:crypto';
import { parse as parseCookies } from 'cookie';
import type { IncomingMessage } from 'node:http';
import { abilityOf } from '../domain/access/ability.ts';
import { Refusal } from '../domain/errors.ts';
import type { Db } from '../database/db.ts';
import { loadPersonOfSession } from '../database/repositories/principals.ts';
import type { InboundChannel } from '../database/steps/beginConversation.ts';
import type { Callers } from './route.ts';

export const sessionCookie = 'rodizio_session';

/** A fresh secret of 256 bits with a readable prefix: `rzs_…` sessions, `rzc_…` channel keys, `rzw_…` calls of rules. */
export const newSecret = (prefix: 'rzs' | 'rzc' | 'rzw'): string =>
  `${prefix}_${randomBytes(32).toString('base64url')}`;

/** Random secrets are kept as their SHA-256: nobody can guess them, so nothing slow is needed. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const bearerOf = (request: IncomingMessage): string | undefined =>
  /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

const unauthenticated = () => new Refusal('unauthenticated', 'Send a valid token: Authorization: Bearer …');

/** The signed-in person behind a request, with the rights of this moment. @throws Refusal `unauthenticated` */
export async function authenticatePerson(db: Db, request: IncomingMessage): Promise<Callers['person']> {
  const token = bearerOf(request) ?? parseCookies(request.headers.cookie ?? '')[sessionCookie];
  if (!token?.startsWith('rzs_')) throw unauthenticated();
  return personOfSession(db, hashSecret(token));
}

/** The person of a session, as long as it runs and they are active. @throws Refusal `unauthenticated` */
export async function personOfSession(db: Db, sessionHash: string): Promise<Callers['person']> {
  const person = await loadPersonOfSession(db, sessionHash);
  if (!person) throw unauthenticated();
  return { person, ability: abilityOf(person, person), sessionHash };
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
