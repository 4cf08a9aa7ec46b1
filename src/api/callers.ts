import type { Request } from 'express';
import type { Db } from '../database/db.ts';
import { openingOf } from '../domain/access/opens.ts';
import { holds } from '../domain/access/principal.ts';
import { Refusal } from '../domain/errors.ts';
import { authenticateChannel, authenticatePerson, personOfSession } from './authenticate.ts';
import type { CallerKind, Callers, Route } from './route.ts';

/** Who stands behind a request; `principal` is the name under which their idempotency keys are kept. */
export type Caller =
  | ({ readonly kind: 'person'; readonly principal: string } & Awaited<ReturnType<typeof authenticatePerson>>)
  | {
      readonly kind: 'channel';
      readonly principal: string;
      readonly channel: Awaited<ReturnType<typeof authenticateChannel>>;
    }
  | { readonly kind: 'anybody'; readonly principal: string };

/** Authenticates whom the route wants. @throws Refusal `unauthenticated` */
export async function callerOf(kind: CallerKind, db: Db, request: Request, publicUrl: string): Promise<Caller> {
  switch (kind) {
    case 'person': {
      const found = await authenticatePerson(db, request, publicUrl);
      return { kind, principal: `user ${found.person.userId}`, ...found };
    }
    case 'channel': {
      const channel = await authenticateChannel(db, request);
      return { kind, principal: `channel ${channel.id}`, channel };
    }
    case 'anybody':
      return { kind, principal: `anybody ${request.ip ?? ''}` };
  }
}

/** @throws Refusal `forbidden` for a person without the right that the route takes, for a key where people are meant */
export function assertMay(route: Route, caller: Caller): void {
  if (route.peopleOnly && caller.kind === 'person' && caller.person.isKey)
    throw new Refusal('forbidden', 'This is about somebody who signs in; an API key is nobody.', {
      permission: 'person',
    });
  if (caller.kind !== 'person' || !route.can || caller.ability.can(...route.can)) return;
  const { permissions } = openingOf(route.can);
  const permission = permissions.find((name) => !holds(caller.person, name));
  if (permission) throw new Refusal('forbidden', `This takes the permission "${permission}".`, { permission });
  throw new Refusal('forbidden', 'You may not do this.', { permission: `${route.can[0]} ${String(route.can[1])}` });
}

/**
 * The caller with the rights of the transaction, where a route takes a right: whoever lost it, or their session, after
 * the request was let in changes nothing any more. The same statement tells the audit who acts, in which request.
 * (Commands read their person anew by themselves, and say so there.)
 * @throws Refusal `unauthenticated`, `forbidden`
 */
export async function callerNow(
  route: Route,
  db: Db,
  caller: Caller,
  requestId: string,
): Promise<Partial<Callers['person']>> {
  if (caller.kind !== 'person' || !route.can) return {};
  const now = { ...caller, ...(await personOfSession(db, caller.sessionHash, { requestId })) };
  assertMay(route, now);
  return { person: now.person, ability: now.ability };
}

const isLoopback = (address: string): boolean => /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);

/** By the address of the connection, which nobody can claim; what a proxy on this machine passes on comes from elsewhere. */
export const isFromHere = ({ socket, headers }: Request): boolean =>
  isLoopback(socket.remoteAddress ?? '') && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;
