import { createHash, randomBytes } from 'node:crypto';
import type { Database } from './database.ts';
import type { Http } from './http.ts';

export const ADMIN_EMAIL = 'admin@bench.example';
export const PASSWORD = 'bench-bench-bench';

/** Somebody who is signed in. */
export interface Agent {
  readonly id: string;
  readonly token: string;
  /** Who calls for them: the same connection for all their calls in one measurement. */
  readonly number: number;
}

export interface Sector {
  readonly id: string;
  readonly channelId: string;
  readonly channelKey: string;
}

export interface Company {
  readonly adminToken: string;
  /** Sequential sectors, eight agents each; everybody is in the reception, too. Offers outlast the measurement. */
  readonly sectors: readonly Sector[];
  /** The same people in sectors whose offers last two seconds. */
  readonly hasty: readonly Sector[];
  /** Closed, with the agents of the first sector. */
  readonly closed: Sector;
  readonly agents: ReadonlyMap<string, Agent>;
  /** A sector whose members take by hand: what waits there is what lists show. */
  readonly reception: Sector;
}

const SECTORS = 8;
const AGENTS_OF_A_SECTOR = 8;

/** Creates the company through the API; only sessions are written to their table, because signing in is slow on purpose. */
export async function createCompany(http: Http, database: Database): Promise<Company> {
  const adminToken = await signInAdmin(http);
  const create = createdBy(http, adminToken);
  const reception = await createSector(create, { name: 'Recepção', distribution: { mode: 'manual' } });
  const sectors: Sector[] = [];
  for (let n = 1; n <= SECTORS; n++)
    sectors.push(await createSector(create, { name: `Setor ${n}`, distribution: LASTING }));
  const hasty: Sector[] = [];
  for (let n = 1; n <= SECTORS; n++)
    hasty.push(await createSector(create, { name: `Plantão ${n}`, distribution: HASTY }));
  const closed = await createSector(create, { name: 'Noite', distribution: LASTING, hours: CLOSED });
  const memberships = sectors.flatMap((sector, at) =>
    Array.from({ length: AGENTS_OF_A_SECTOR }, () => [
      sector.id,
      hasty[at]!.id,
      reception.id,
      ...(at === 0 ? [closed.id] : []),
    ]),
  );
  const agents = await createAgents(create, database, memberships, 'agente');
  return { adminToken, sectors, hasty, closed, reception, agents: new Map(agents.map((agent) => [agent.id, agent])) };
}

export const HASTY_OFFER_MS = 2_000;
const LASTING = { mode: 'sequential', offerTimeoutSeconds: 3_600, distributionLimitSeconds: 7_200 };
const HASTY = { mode: 'sequential', offerTimeoutSeconds: HASTY_OFFER_MS / 1_000, distributionLimitSeconds: 7_200 };
const CLOSED = { timeZone: 'UTC', weekly: [], holidays: [] };

export async function signInAdmin(http: Http): Promise<string> {
  const body = { email: ADMIN_EMAIL, password: PASSWORD };
  return (await http.json(0, { method: 'POST', path: '/v1/sessions', token: '', body }))['token'] as string;
}

type Create = (path: string, body?: unknown) => Promise<Readonly<Record<string, unknown>>>;

export const createdBy =
  (http: Http, token: string): Create =>
  (path, body) =>
    http.json(0, { method: 'POST', path, token, ...(body === undefined ? {} : { body }) });

export async function createSector(
  create: Create,
  plan: { readonly name: string; readonly distribution: unknown; readonly hours?: unknown },
): Promise<Sector> {
  const id = (await create('/v1/sectors', plan))['id'] as string;
  const channelId = (await create('/v1/channels', { name: plan.name, kind: 'api', sectorId: id }))['id'] as string;
  const channelKey = (await create(`/v1/channels/${channelId}/keys`))['key'] as string;
  return { id, channelId, channelKey };
}

/** People who are members of these sectors, verified and signed in; R1: they are created in this order. */
export async function createAgents(
  create: Create,
  database: Database,
  memberships: readonly (readonly string[])[],
  name: string,
): Promise<Agent[]> {
  const agents: Agent[] = [];
  for (const [number, sectorIds] of memberships.entries()) {
    const user = await create('/v1/users', {
      name: `${name} ${number}`,
      email: `${name}${number}@bench.example`,
      role: 'agent',
      sectors: sectorIds.map((sectorId) => ({ sectorId, functions: ['agent'] })),
    });
    agents.push({ id: user['id'] as string, token: `rzs_${randomBytes(32).toString('base64url')}`, number });
  }
  const ids = agents.map(({ id }) => id);
  // Hashing a password and answering an invitation take their time; nobody signs in here.
  await database.rows('update users set verified_at = now() where id = any($1::uuid[])', [ids]);
  // There is no mail server: their invitations would be tried again all through the measurement.
  await database.rows('delete from mail');
  await database.rows(
    `insert into session (id, user_id, token_hash, created_at, expires_at)
     select gen_random_uuid(), user_id, token_hash, now(), now() + interval '1 day'
       from unnest($1::uuid[], $2::text[]) as t (user_id, token_hash)`,
    [ids, agents.map(({ token }) => hashOf(token))],
  );
  return agents;
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
