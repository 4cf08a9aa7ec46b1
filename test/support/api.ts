import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { buildApp } from '../../src/api/app.ts';
import { hashSecret, newSecret } from '../../src/database/secrets.ts';
import type { ApiDeps, AttemptLimiter } from '../../src/api/deps.ts';
import type { Live } from '../../src/api/live/stream.ts';
import { newId, type SessionId, type UserId } from '../../src/domain/ids.ts';
import { defaultRanges } from '../../src/domain/routing/settings.ts';
import { openDatabase } from '../../src/database/orm.ts';
import { installationSource } from '../../src/metrics/process.ts';
import { databaseClock } from '../../src/database/clock.ts';
import { type Platform, type StoredWakeUp, storedOnly } from '../../src/database/unit.ts';
import { queries } from './builders.ts';
import { createTestDatabase } from './database.ts';

/** An answer, read. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // The tests name what they look at; the answer's shape is what they check.
  // oxlint-disable-next-line no-explicit-any
  readonly body: any;
}

export interface Call {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Someone who calls the API: `await ana.get('/v1/me')`. */
export type Caller = Record<'get' | 'delete', (path: string, call?: Call) => Promise<Answered>> &
  Record<'post' | 'put' | 'patch', (path: string, body?: unknown, call?: Call) => Promise<Answered>>;

/** The API over a platform that somebody else began and ends. */
export interface ServedApi {
  readonly url: string;
  readonly deps: ApiDeps;
  /** The caller without credentials. */
  readonly nobody: Caller;
  /** The caller with this Bearer token. */
  withToken(token: string): Caller;
  stop(): Promise<void>;
}

export interface TestApi extends ServedApi {
  readonly platform: Platform;
  /** Wake-ups written so far, oldest first: what workflows would be told. */
  readonly wakeUps: StoredWakeUp[];
  /** Signs a user in without a password. */
  as(user: { readonly id: UserId }): Promise<Caller>;
  /** Takes the database away under the running API. */
  loseDatabase(): Promise<void>;
}

/** The API in this process on a database of its own: no Temporal, messages stay stored, wake-ups are collected. */
export async function startApi(
  overrides: Partial<Omit<ApiDeps, 'platform'>> = {},
  live: Live = silentLive,
  /** By which way the database is reached: a cutter's, say. */
  byWayOf: (databaseUrl: string) => string = (url) => url,
): Promise<TestApi> {
  const database = await createTestDatabase();
  const orm = await openDatabase({ url: byWayOf(database.url), poolSize: 8, applicationName: 'rodizio-test' });
  const wakeUps: StoredWakeUp[] = [];
  const platform: Platform = {
    orm,
    clock: databaseClock,
    delivery: storedOnly,
    crash: () => undefined,
    afterCommit: { committed: (what) => void wakeUps.push(...what.wakeUps) },
  };
  const served = await serveApi(platform, overrides, live);
  return {
    ...served,
    platform,
    wakeUps,
    as: async (user) => served.withToken(await createSession(platform, user.id)),
    loseDatabase: () => database.drop(),
    async stop() {
      await served.stop();
      await orm.close();
      await database.drop();
    },
  };
}

/** The API in this process over a platform, such as a world's, whose workflows then act on what it is told. */
export async function serveApi(
  platform: Platform,
  overrides: Partial<Omit<ApiDeps, 'platform'>> = {},
  live: Live = silentLive,
): Promise<ServedApi> {
  const deps: ApiDeps = {
    platform,
    log: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
    ranges: defaultRanges,
    sessionDays: 30,
    publicUrl: 'http://127.0.0.1',
    temporalReady: () => Promise.resolve(true),
    signInLimiter: unlimited,
    resetLimiter: unlimited,
    placeLimiter: unlimited,
    secretLimiter: unlimited,
    trustProxy: false,
    webhooks: { allowPrivate: false },
    suggestions: null,
    metricsPublic: false,
    metricsText: installationSource(platform.orm),
    measure: { answered: () => undefined, streamBegins: () => () => undefined },
    isStopping: () => false,
    ...overrides,
  };
  const server = createServer(buildApp(deps, live));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    deps,
    nobody: caller(url, {}),
    withToken: (token) => caller(url, { authorization: `Bearer ${token}` }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const unlimited: AttemptLimiter = { attempt: () => Promise.resolve(0), succeeded: () => Promise.resolve() };

// Most tests look at no stream.
const silentLive = {} as Live;

/** A session as if the user had signed in. @returns its token */
export async function createSession(platform: Platform, userId: UserId): Promise<string> {
  const token = newSecret('rzs');
  const now = new Date();
  await queries(platform)
    .insertInto('session')
    .values({
      id: newId<SessionId>(),
      userId,
      tokenHash: hashSecret(token),
      createdAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
    })
    .execute();
  return token;
}

/** The caller of an API at this address, with these headers. */
export function caller(url: string, credentials: Readonly<Record<string, string>>): Caller {
  const send = async (method: string, path: string, { body, headers = {} }: Call): Promise<Answered> => {
    const response = await fetch(url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...credentials, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    get: (path, call = {}) => send('GET', path, call),
    delete: (path, call = {}) => send('DELETE', path, call),
    post: (path, body, call = {}) => send('POST', path, { ...call, body }),
    put: (path, body, call = {}) => send('PUT', path, { ...call, body }),
    patch: (path, body, call = {}) => send('PATCH', path, { ...call, body }),
  };
}
