import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { AppAbility } from '../domain/access/ability.ts';
import type { Permission } from '../domain/access/permissions.ts';
import type { RefusalCode } from '../domain/errors.ts';
import type { Db } from '../database/db.ts';
import type { Person } from '../database/repositories/principals.ts';
import type { InboundChannel } from '../database/steps/beginConversation.ts';
import type { Unit } from '../database/unit.ts';
import type { ApiDeps } from './deps.ts';
import type { Live } from './live/stream.ts';

type Shape = z.ZodObject;
type Of<T extends Shape | z.ZodType | undefined> = T extends z.ZodType ? z.output<T> : undefined;

/** An answer before it is written: what an idempotency key keeps. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as an idempotency key keeps it, where the shown one holds a secret that is nowhere to be kept. */
  readonly keptBody?: unknown;
}

/** Who calls: a signed-in person or an API key with their rights of this moment, a channel with its key, or anybody. */
export interface Callers {
  readonly person: { readonly person: Person; readonly ability: AppAbility; readonly sessionHash: string };
  readonly channel: { readonly channel: InboundChannel };
  readonly anybody: Record<never, never>;
}
export type CallerKind = keyof Callers;

export interface Request<P, Q, B> {
  readonly deps: ApiDeps;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** The version of `If-Match`, if the caller sent one. */
  readonly ifVersion: number | undefined;
  /** The caller's `Accept` prefers CSV to JSON. */
  readonly wantsCsv: boolean;
  /** The caller's address, as the trusted proxies tell it. */
  readonly ip: string;
  /** The request was made on this machine, and no proxy carried it here. */
  readonly fromHere: boolean;
  /** What the log and the audit know the request by. */
  readonly requestId: string;
}

interface Described<
  K extends CallerKind,
  P extends Shape | undefined,
  Q extends Shape | undefined,
  B extends z.ZodType | undefined,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** In OpenAPI's notation: `/v1/conversations/{id}`. */
  readonly path: string;
  /** Names the operation in generated clients. */
  readonly operationId: string;
  readonly summary: string;
  readonly tag: string;
  readonly caller: K;
  /** The right that the route takes, checked before the handler; finer checks are the handler's. */
  readonly can?: Parameters<AppAbility['can']>;
  /** Only for who signs in, not for API keys: it is about the account itself. */
  readonly peopleOnly?: boolean;
  /** Permissions that the handler asks for where the right depends on the object or on what is changed. */
  readonly takes?: readonly Permission[];
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** The schema of each successful answer by status; `null` = no body. */
  readonly answers: Readonly<Record<number, z.ZodType | null>>;
  /** What successful answers are, unless JSON. */
  readonly mediaType?: string;
  /** The answer is also given as CSV, where `wantsCsv` says so. */
  readonly alsoAsCsv?: true;
  /** The refusals beyond the common ones (validation, authentication, rights, database away). */
  readonly refusals?: readonly RefusalCode[];
}

/** Reads, outside of any transaction. */
export interface ReadRoute<
  K extends CallerKind,
  P extends Shape | undefined,
  Q extends Shape | undefined,
  B extends z.ZodType | undefined,
> extends Described<K, P, Q, B> {
  readonly kind: 'read';
  readonly handle: (db: Db, request: Request<Of<P>, Of<Q>, Of<B>> & Callers[K]) => Promise<Answer>;
}

/** Changes something: one transaction, with the answer kept for an `Idempotency-Key` in it. */
export interface WriteRoute<
  K extends CallerKind,
  P extends Shape | undefined,
  Q extends Shape | undefined,
  B extends z.ZodType | undefined,
> extends Described<K, P, Q, B> {
  readonly kind: 'write';
  readonly handle: (unit: Unit, request: Request<Of<P>, Of<Q>, Of<B>> & Callers[K]) => Promise<Answer>;
}

/**
 * Does one item of a request in a transaction of its own; a refusal is the item's answer. With an `Idempotency-Key`
 * the answer is kept under the key and `item`, so that a repeat does nothing twice and goes on where one was cut short.
 */
export type Each = (item: string, work: (unit: Unit) => Promise<Answer>) => Promise<Answer>;

/** Changes several things that may succeed or fail one by one. */
export interface ManyRoute<
  K extends CallerKind,
  P extends Shape | undefined,
  Q extends Shape | undefined,
  B extends z.ZodType | undefined,
> extends Described<K, P, Q, B> {
  readonly kind: 'many';
  readonly handle: (each: Each, request: Request<Of<P>, Of<Q>, Of<B>> & Callers[K]) => Promise<Answer>;
}

/**
 * Runs its own transactions and keeps no answers: for what is too slow to do inside one (password hashes) and answers
 * that are secrets. An `Idempotency-Key` means nothing to it.
 */
export interface DirectRoute<
  K extends CallerKind,
  P extends Shape | undefined,
  Q extends Shape | undefined,
  B extends z.ZodType | undefined,
> extends Described<K, P, Q, B> {
  readonly kind: 'direct';
  readonly handle: (db: Db, request: Request<Of<P>, Of<Q>, Of<B>> & Callers[K]) => Promise<Answer>;
}

/**
 * Carries out the end of an upload in one transaction, with the caller's rights of that moment; with an
 * `Idempotency-Key` once, the request being the bytes behind `bodyHash`.
 */
export type Finish<K extends CallerKind> = (
  bodyHash: string,
  work: (unit: Unit, caller: Callers[K]) => Promise<Answer>,
) => Promise<Answer>;

/** Takes a body of its own type, as it comes in, with limits of its own. */
export interface UploadRoute<K extends CallerKind, Q extends Shape | undefined> extends Described<
  K,
  undefined,
  Q,
  undefined
> {
  readonly kind: 'upload';
  /** The media type of the body. */
  readonly takesType: string;
  /** The most that the body may be; the handler sees to it. */
  readonly mostBytes: number;
  readonly handle: (
    request: Request<undefined, Of<Q>, undefined> & Callers[K],
    body: IncomingMessage,
    finish: Finish<K>,
  ) => Promise<Answer>;
}

/** Answers with a stream of its own making, as long as the caller listens. */
export interface StreamRoute<K extends CallerKind, Q extends Shape | undefined> extends Described<
  K,
  undefined,
  Q,
  undefined
> {
  readonly kind: 'stream';
  readonly handle: (
    live: Live,
    request: Request<undefined, Of<Q>, undefined> & Callers[K],
    raw: IncomingMessage,
    response: ServerResponse,
  ) => Promise<void>;
}

/* oxlint-disable typescript/no-explicit-any */
/** Any declared route; its handler is typed where it is declared. */
export type Route =
  | StreamRoute<any, any>
  | UploadRoute<any, any>
  | ReadRoute<any, any, any, any>
  | WriteRoute<any, any, any, any>
  | ManyRoute<any, any, any, any>
  | DirectRoute<any, any, any, any>;
/* oxlint-enable typescript/no-explicit-any */

/** Declares a route that reads; its types follow from its schemas. */
export const read = <
  K extends CallerKind,
  P extends Shape | undefined = undefined,
  Q extends Shape | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  route: Omit<ReadRoute<K, P, Q, B>, 'kind'>,
): Route => ({ kind: 'read', ...route }) as Route;

/** Declares a route that runs its own transactions. */
export const direct = <
  K extends CallerKind,
  B extends z.ZodType | undefined = undefined,
  P extends Shape | undefined = undefined,
>(
  route: Omit<DirectRoute<K, P, undefined, B>, 'kind'>,
): Route => ({ kind: 'direct', ...route }) as Route;

/** Declares a route that changes something. */
export const write = <
  K extends CallerKind,
  P extends Shape | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  Q extends Shape | undefined = undefined,
>(
  route: Omit<WriteRoute<K, P, Q, B>, 'kind'>,
): Route => ({ kind: 'write', ...route }) as Route;

/** Declares a route that changes several things, each in a transaction of its own. */
export const many = <K extends CallerKind, B extends z.ZodType | undefined = undefined>(
  route: Omit<ManyRoute<K, undefined, undefined, B>, 'kind'>,
): Route => ({ kind: 'many', ...route }) as Route;

/** Declares a route that streams. */
export const stream = <K extends CallerKind, Q extends Shape | undefined = undefined>(
  route: Omit<StreamRoute<K, Q>, 'kind'>,
): Route => ({ kind: 'stream', ...route }) as Route;

/** Declares a route that takes a body as it comes in. */
export const upload = <K extends CallerKind, Q extends Shape | undefined = undefined>(
  route: Omit<UploadRoute<K, Q>, 'kind'>,
): Route => ({ kind: 'upload', ...route }) as Route;
