import type { Express, Request as ExpressRequest, Response } from 'express';
import { type Db, dbOf } from '../database/db.ts';
import { unavailableWhenAway } from '../database/failures.ts';
import { transact } from '../database/transact.ts';
import type { Unit } from '../database/unit.ts';
import { Refusal } from '../domain/errors.ts';
import { assertMay, type Caller, callerNow, callerOf, isFromHere } from './callers.ts';
import type { ApiDeps } from './deps.ts';
import { answerOnce, eachOf, type IdempotentRequest } from './idempotency.ts';
import { slowedDown } from './guessing.ts';
import type { Live } from './live/stream.ts';
import { nameRefusal, nameRoute } from './measured.ts';
import type { Answer, Request, Route } from './route.ts';
import { validated } from './validate.ts';

/** Puts every declared route on the application: authenticate, validate, authorise, act, answer – in this order. */
export function mount(app: Express, routes: readonly Route[], deps: ApiDeps, live: Live): void {
  for (const [path, methods] of methodsByPath(routes)) {
    app.options(path, (_request, response) => void response.status(204).setHeader('Allow', methods).end());
  }
  for (const route of routes) {
    app[route.method](pathOf(route), (request, response, next) => {
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
  nameRoute(response, route);
  const db = dbOf(deps.platform.orm.em.fork());
  const caller = await callerOf(route.caller, db, request, deps.publicUrl).catch(async (error: unknown) => {
    throw unavailableWhenAway(await slowedDown(deps, route, request, error));
  });
  assertMay(route, caller);
  const input = {
    deps,
    ...validated(route, request),
    ifVersion: versionOf(request.headers['if-match']),
    wantsCsv: request.accepts(['application/json', 'text/csv']) === 'text/csv',
    ip: request.ip ?? '',
    fromHere: isFromHere(request),
    requestId: String(request.id),
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
    response.once('close', deps.measure.streamBegins());
    await handle(live, input, request, response);
    return;
  }
  if (route.kind === 'upload') {
    write(response, await takeUpload(route, deps, caller, input, request));
    return;
  }
  const asked = idempotent(route, caller.principal, request);
  const answer = await carryOut(route, deps, db, caller, input, asked).catch(async (error: unknown) => {
    throw unavailableWhenAway(await slowedDown(deps, route, request, error));
  });
  write(response, answer);
}

/** Each kind of route on what it runs: a connection, one transaction, or one for each item. */
function carryOut(
  route: Exclude<Route, { kind: 'stream' | 'upload' }>,
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
        const present = { ...input, ...(await callerNow(route, unit.db, caller, input.requestId)) };
        return asked ? answerOnce(unit, asked, () => handle(unit, present)) : handle(unit, present);
      });
    case 'many':
      return eachOf(deps.platform, asked).then((each) => handle(each, input));
  }
}

/** Hands the body over as it comes in; what is not read of it after a refusal is let go, so that the answer arrives. */
async function takeUpload(
  route: Extract<Route, { kind: 'upload' }>,
  deps: ApiDeps,
  caller: Caller,
  input: Request<unknown, unknown, unknown>,
  request: ExpressRequest,
): Promise<Answer> {
  // Route types its own handler; here any declared route is served alike.
  const handle = route.handle as (input: unknown, body: ExpressRequest, finish: unknown) => Promise<Answer>;
  const finish = (bodyHash: string, work: (unit: Unit, present: unknown) => Promise<Answer>): Promise<Answer> =>
    transact(deps.platform, async (unit) => {
      const present = { ...caller, ...(await callerNow(route, unit.db, caller, input.requestId)) };
      const asked = idempotent(route, caller.principal, request, bodyHash);
      return asked ? answerOnce(unit, asked, () => work(unit, present)) : work(unit, present);
    });
  try {
    if (!request.is(route.takesType))
      throw new Refusal('unsupported-media-type', `Send ${route.takesType}, in UTF-8, with this header Content-Type.`);
    return await handle(input, request, finish);
  } catch (error) {
    request.resume();
    throw unavailableWhenAway(error);
  }
}

function idempotent(
  route: Route,
  principal: string,
  request: ExpressRequest,
  body: unknown = request.body ?? null,
): IdempotentRequest | null {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || route.method === 'get') return null;
  return { principal, key: checkedKey(key), request: [route.method, request.path, body] };
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
  nameRefusal(response, answer.body);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  if (answer.body === undefined) {
    response.end();
    return;
  }
  const type = answer.headers?.['content-type'] ?? 'application/json';
  response.type(type).send(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
}
