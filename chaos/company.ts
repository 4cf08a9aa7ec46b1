import type { Random } from '../src/simulator/random.ts';
import { Caller, type CallLog } from './client.ts';

/** Somebody who works there. */
export interface Worker {
  readonly id: string;
  readonly email: string;
  readonly caller: Caller;
  /** The sectors they belong to at first, with their functions. */
  readonly memberOf: readonly { readonly sectorId: string; readonly functions: readonly string[] }[];
  /** Nothing that decides what they may see is changed in the run. */
  readonly isSteady: boolean;
  /** The manager is about to change something of them; one matter at a time, so that the last word is known. */
  hasMatter: boolean;
  /** They cannot sign in just now. */
  isAway: boolean;
}

export interface Company {
  readonly admin: Caller;
  readonly adminId: string;
  readonly workers: readonly Worker[];
  readonly channels: readonly {
    readonly id: string;
    readonly caller: Caller;
    readonly agentIds: readonly string[] | null;
    /** Its list is being changed just now. */
    isChanging: boolean;
  }[];
  readonly sectors: readonly { readonly id: string; readonly name: string; readonly outcomes: readonly string[] }[];
  /** The sector that opens and closes. */
  readonly withHours: string;
}

export const PASSWORD = 'chaos-chaos-chaos';
export const ADMIN_EMAIL = 'admin@chaos.example';

const seconds = (offerTimeoutSeconds: number, distributionLimitSeconds: number) => ({
  offerTimeoutSeconds,
  distributionLimitSeconds,
});

/** A sector of every kind. Offers last seconds, so that a run of minutes sees thousands of timers. */
const sectorPlans = [
  {
    name: 'Vendas',
    outcomes: ['vendido', 'desistiu'],
    distribution: { mode: 'sequential', ...seconds(3, 20), capacity: 4 },
  },
  {
    name: 'Suporte',
    outcomes: [],
    distribution: { mode: 'sequential', ...seconds(3, 12), overflow: false, reopenWindowSeconds: 60 },
  },
  // Its limit is far away: who finds no place waits, and must still be waiting for one in the end.
  { name: 'Financeiro', outcomes: [], distribution: { mode: 'automatic', ...seconds(4, 1_800), capacity: 2 } },
  { name: 'Recepção', outcomes: [], distribution: { mode: 'manual', ...seconds(4, 20) } },
  {
    name: 'Plantão',
    outcomes: [],
    distribution: { mode: 'sequential', ...seconds(4, 25), capacity: 3 },
    autoReply: { enabled: true, text: 'Estamos fechados.' },
  },
  {
    name: 'Cobrança',
    outcomes: [],
    distribution: { mode: 'sequential', ...seconds(5, 40), capacity: 2, cherryPicking: false },
  },
];

const AGENTS = 16;
const SUPERVISORS = 2;
const STEADY = [1, 5, AGENTS];

/** Creates the company through the API alone and signs everybody in. */
export async function createCompany(apis: readonly string[], log: CallLog, random: Random): Promise<Company> {
  const callerFor = (name: string, token: string, actorId: string | null): Caller =>
    new Caller({ apis, log, random: random.fork(name), token, actorId });
  const session = await signIn(callerFor('admin', '', null), ADMIN_EMAIL);
  const admin = callerFor('admin', session.token, session.userId);
  const create = async (path: string, body: unknown): Promise<string> =>
    (await admin.must({ method: 'POST', path, body, kind: 'setup', targetId: path }))['id'] as string;

  const sectors: { id: string; name: string; outcomes: string[] }[] = [];
  for (const { outcomes, ...plan } of sectorPlans) {
    const id = await create('/v1/sectors', plan);
    const ids: string[] = [];
    for (const name of outcomes) ids.push(await create(`/v1/sectors/${id}/outcomes`, { name }));
    sectors.push({ id, name: plan.name, outcomes: ids });
  }

  const workers: Worker[] = [];
  for (let n = 0; n < AGENTS + SUPERVISORS; n++) {
    const isSupervisor = n >= AGENTS;
    const functions = isSupervisor ? ['supervisor'] : ['agent'];
    const memberOf = memberships(n, isSupervisor, random).map((index) => ({ sectorId: sectors[index]!.id, functions }));
    const email = `pessoa${n}@chaos.example`;
    const id = await create('/v1/users', {
      name: `Pessoa ${n}`,
      email,
      role: isSupervisor ? 'supervisor' : 'agent',
      capacity: n % 4 === 0 ? 5 : null,
      sectors: memberOf,
      // R16: some take what they accept to a sector of their own.
      defaultSectorId: n === 3 || n === 9 ? memberOf[0]!.sectorId : null,
      password: PASSWORD,
      verified: true,
    });
    const caller = callerFor(email, '', id);
    caller.token = (await signIn(caller, email)).token;
    workers.push({ id, email, caller, memberOf, isSteady: STEADY.includes(n), hasMatter: false, isAway: false });
  }

  const channels: { id: string; caller: Caller; agentIds: string[] | null; isChanging: boolean }[] = [];
  const listed = workers
    .slice(0, AGENTS)
    .filter((_worker, n) => n % 2 === 0)
    .map(({ id }) => id);
  for (const [n, { name, id: sectorId }] of [...sectors, sectors[0]!, sectors[5]!].entries()) {
    const agentIds = n >= sectors.length ? listed : null;
    const id = await create('/v1/channels', { name: `${name} ${n}`, kind: 'api', sectorId, agentIds });
    const { key } = await admin.must({ method: 'POST', path: `/v1/channels/${id}/keys`, kind: 'setup', targetId: id });
    channels.push({ id, agentIds, isChanging: false, caller: callerFor(`channel ${n}`, key as string, null) });
  }
  return { admin, adminId: session.userId, workers, channels, sectors, withHours: sectors[4]!.id };
}

/** Everybody is in two or three sectors, and each sector has at least four agents. */
function memberships(n: number, isSupervisor: boolean, random: Random): number[] {
  if (isSupervisor) return n % 2 === 0 ? [0, 1, 4] : [2, 3, 5];
  const first = n % sectorPlans.length;
  const second = (first + 1 + Math.floor(n / sectorPlans.length)) % sectorPlans.length;
  const third = Math.floor(random.next() * sectorPlans.length);
  return [...new Set([first, second, ...(random.chance(0.5) ? [third] : [])])];
}

/** Signs in and gives the token. @throws Error when that is refused */
export async function signIn(caller: Caller, email: string): Promise<{ token: string; userId: string }> {
  const body = { email, password: PASSWORD };
  const session = await caller.must({ method: 'POST', path: '/v1/sessions', body, kind: 'sign-in', targetId: email });
  return { token: session['token'] as string, userId: (session['user'] as { id: string }).id };
}
