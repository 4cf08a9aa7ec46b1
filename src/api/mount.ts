import type { Express, NextFunction, Request as ExpressRequest, Response } from 'express';
import type { z } from 'zod';
import { type Db, dbOf } from '../database/db.ts';
import { unavailableWhenAway } from '../database/failures.ts';
import { transact } from '../database/unit.ts';
import { type Mistake, Refusal } from '../domain/errors.ts';
import { authenticateChannel, authenticatePerson, personOfSession } from './authenticate.ts';
import type { ApiDeps } from './deps.ts';
import { answerOnce, eachOf, type IdempotentRequest } from './idempotency.ts';
import type { Live } from './live/stream.ts';
import type { Answer, CallerKind, Callers, Request, Route } from './route.ts';

/** Puts every declared route on the application: authenticate, validate, authorise, act, answer – in this order. */
export function mount(app: Express, routes: readonly Route[], deps: ApiDeps, live: Live): void {
  for (const [path, methods] of methodsByPath(routes)) {
    app.options(path, (_request, response) => void response.status(204).setHeader('Allow', methods).end());
  }
  for (const route of routes) {
    app[route.method](pathOf(route).replaceAll(/\{(\w+)\}/g, ':$1'), (request, response, next) => {
      serve(route, deps, live, request, response).catch(next);
    });
  }
}

/** In Express' notation. */
const pathOf = (route: Route): string => route.path.replaceAll(/\{(\w+)\}/g, ':$1');

/** What `Allow` says of each path. */
function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, string> {
  const methods = new Map<string, string>();
  for (const route of routes) {
    const path = pathOf(route);
    const more = route.method === 'get' ? 'GET, HEAD' : route.method.toUpperCase();
    methods.set(path, methods.has(path) ? `${methods.get(path)}, ${more}` : more);
  }
  return methods;
}

async function serve(
  route: Route,
  deps: ApiDeps,
  live: Live,
  request: ExpressRequest,
  response: Response,
): Promise<void> {
  const db = dbOf(deps.platform.orm.em.fork());
  const caller = await callerOf(route.caller, db, request).catch((error: unknown) => {
    throw unavailableWhenAway(error);
  });
  assertMay(route, caller);
  const input = {
    deps,
    ...validated(route, request),
    ifVersion: versionOf(request.headers['if-match']),
    ip: request.ip ?? '',
    fromHere: isFromHere(request),
    ...caller,
  } satisfies Request<unknown, unknown, unknown>;
  if (route.kind === 'stream') {
    if (request.method === 'HEAD') {
      // Nobody would read the stream: the headers are the answer.
      response.type(route.mediaType ?? 'text/event-stream').end();
      return;
    }
    // Route types its own handler; here any declared route is served alike.
    const handle = route.handle as (
      live: Live,
      input: unknown,
      raw: ExpressRequest,
      response: Response,
    ) => Promise<void>;
    await handle(live, input, request, response);
    return;
  }
  const asked = idempotent(route, caller.principal, request);
  const answer = await carryOut(route, deps, db, caller, input, asked).catch((error: unknown) => {
    throw unavailableWhenAway(error);
  });
  write(response, answer);
}

/** Each kind of route on what it runs: a connection, one transaction, or one for each item. */
function carryOut(
  route: Exclude<Route, { kind: 'stream' }>,
  deps: ApiDeps,
  db: Db,
  caller: Caller,
  input: Request<unknown, unknown, unknown>,
  asked: IdempotentRequest | null,
): Promise<Answer> {
  // Route types its own handler; here any declared route is served alike.
  const handle = route.handle as (context: unknown, input: unknown) => Promise<Answer>;
  switch (route.kind) {
    case 'read':
    case 'direct':
      return handle(db, input);
    case 'write':
      return transact(deps.platform, async (unit) => {
        const present = { ...input, ...(await callerNow(route, unit.db, caller)) };
        return asked ? answerOnce(unit, asked, () => handle(unit, present)) : handle(unit, present);
      });
    case 'many':
      return eachOf(deps.platform, asked).then((each) => handle(each, input));
  }
}

const isLoopback = (address: string): boolean => /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address);

/** By the address of the connection, which nobody can claim; what a proxy on this machine passes on comes from elsewhere. */
const isFromHere = ({ socket, headers }: ExpressRequest): boolean =>
  isLoopback(socket.remoteAddress ?? '') && headers['x-forwarded-for'] === undefined && headers.forwarded === undefined;

/** @throws Refusal `forbidden` for a person without the right that the route takes */
function assertMay(route: Route, caller: Caller): void {
  if (caller.kind !== 'person' || !route.can || caller.ability.can(...route.can)) return;
  throw new Refusal('forbidden', 'You may not do this.', { permission: `${route.can[0]} ${String(route.can[1])}` });
}

/**
 * The caller with the rights of the transaction, where a route takes a right: whoever lost it, or their session, after
 * the request was let in changes nothing any more. (Commands read their person anew by themselves.)
 * @throws Refusal `unauthenticated`, `forbidden`
 */
async function callerNow(route: Route, db: Db, caller: Caller): Promise<Partial<Callers['person']>> {
  if (caller.kind !== 'person' || !route.can) return {};
  const now = { ...caller, ...(await personOfSession(db, caller.sessionHash)) };
  assertMay(route, now);
  return { person: now.person, ability: now.ability };
}

function idempotent(route: Route, principal: string, request: ExpressRequest): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || route.method === 'get') return null;
  return { principal, key: checkedKey(key), request: [route.method, request.path, request.body ?? null] };
}

type Caller =
  | ({ readonly kind: 'person'; readonly principal: string } & Awaited<ReturnType<typeof authenticatePerson>>)
  | {
      readonly kind: 'channel';
      readonly principal: string;
      readonly channel: Awaited<ReturnType<typeof authenticateChannel>>;
    }
  | { readonly kind: 'anybody'; readonly principal: string };

async function callerOf(kind: CallerKind, db: Db, request: ExpressRequest): Promise<Caller> {
  switch (kind) {
    case 'person': {
      const found = await authenticatePerson(db, request);
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

function validated(route: Route, request: ExpressRequest) {
  const mistakes: Mistake[] = [...unstorable(request.query, 'query'), ...unstorable(request.body, 'body')];
  if (mistakes.length > 0) throw new Refusal('invalid-request', 'Some fields cannot be stored.', { errors: mistakes });
  const check = (schema: z.ZodType | undefined, value: unknown, place: string): unknown => {
    if (!schema) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    mistakes.push(...parsed.error.issues.flatMap((issue) => mistakesOf(issue, place)));
    return undefined;
  };
  const params = check(route.params, request.params, 'path');
  // An id that is none names nothing: the same answer as for one that does not exist.
  if (mistakes.length > 0) throw new Refusal('not-found', 'There is nothing here.');
  const query = check(route.query, request.query, 'query');
  if (!route.query && Object.keys(request.query).length > 0) {
    mistakes.push(
      ...Object.keys(request.query).map((name) => ({ path: `query.${name}`, reason: 'unknown parameter' })),
    );
  }
  const body = check(route.body, request.body ?? {}, 'body');
  if (mistakes.length > 0) throw new Refusal('invalid-request', 'Some fields are not valid.', { errors: mistakes });
  return { params, query, body };
}

/** Each unknown member is a mistake of its own, at its path. */
function mistakesOf(issue: z.core.$ZodIssue, place: string): Mistake[] {
  const path = [place, ...issue.path].join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, reason: issue.message }];
  const reason = place === 'query' ? 'unknown parameter' : 'unknown member';
  return issue.keys.map((key) => ({ path: `${path}.${key}`, reason }));
}

const deepest = 32;

/** PostgreSQL stores neither NUL nor halves of a surrogate pair: texts with them are refused at the edge. */
function unstorable(value: unknown, path: string, depth = 0): Mistake[] {
  if (typeof value === 'string') {
    return value.isWellFormed() && !value.includes('\0')
      ? []
      : [{ path, reason: 'must be well-formed text without NUL characters' }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (depth === deepest) return [{ path, reason: `must not be nested deeper than ${deepest} levels` }];
  return Object.entries(value).flatMap(([name, member]) => [
    // Nothing could hold it: it would be lost without a word.
    ...(name === '__proto__' ? [{ path: `${path}.${name}`, reason: 'is no usable name' }] : []),
    ...unstorable(name, path, depth),
    ...unstorable(member, `${path}.${name}`, depth + 1),
  ]);
}

function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined;
  const version = /^(?:W\/)?"(\d+)"$/.exec(ifMatch.trim())?.[1];
  if (version === undefined) {
    throw new Refusal('invalid-request', 'If-Match must be the ETag of the conversation.', {
      errors: [{ path: 'headers.if-match', reason: 'must be an ETag such as "3", in double quotes' }],
    });
  }
  return Number(version);
}

function checkedKey(key: string): string {
  if (key.length >= 1 && key.length <= 255) return key;
  throw new Refusal('invalid-request', 'The Idempotency-Key is not usable.', {
    errors: [{ path: 'headers.idempotency-key', reason: 'must have 1 to 255 characters' }],
  });
}

function write(response: Response, answer: Answer): void {
  response.status(answer.status);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.body === undefined) {
    response.end();
    return;
  }
  const type = answer.headers?.['content-type'] ?? 'application/json';
  response.type(type).send(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
}

export type ErrorHandler = (error: unknown, request: ExpressRequest, response: Response, next: NextFunction) => void;
