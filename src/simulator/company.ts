import type { Client } from './client.ts';

/** The demo company as the API tells it: ids of what the simulation plays with. */

export interface SectorSettings {
  readonly id: string;
  readonly name: string;
  readonly hours: unknown;
  readonly distribution: {
    readonly mode: string;
    readonly offerTimeoutSeconds: number;
    readonly distributionLimitSeconds: number;
    readonly overflow: boolean;
  };
}

/** A user of the demo company, signed in. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly available: boolean;
  readonly availabilityReason: string | null;
  readonly availabilityUntil: string | null;
  readonly client: Client;
}

export interface Company {
  readonly administrator: Person;
  readonly secretary: Person;
  readonly salespeople: readonly Person[];
  readonly reception: SectorSettings;
  readonly sales: SectorSettings;
  readonly channelId: string;
  /** Ids of outcomes by sector and name. */
  readonly outcomes: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

interface Session {
  readonly token: string;
  readonly user: Omit<Person, 'client'>;
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

const SALESPEOPLE = ['ana@demo.example', 'bruno@demo.example', 'carla@demo.example'];

/** Signs everybody in and looks up what is there. @throws Error that names what the demo company lacks */
export async function enterCompany(client: Client, password: string): Promise<Company> {
  const signIn = async (email: string): Promise<Person> => {
    const { token, user } = await client.must<Session>('POST', '/v1/sessions', { email, password });
    return { ...user, client: client.withToken(token) };
  };
  const administrator = await signIn('admin@demo.example');
  const secretary = await signIn('secretaria@demo.example');
  const salespeople: Person[] = [];
  for (const email of SALESPEOPLE) salespeople.push(await signIn(email));

  const asAdministrator = administrator.client;
  const sectors = await allOf<SectorSettings>(asAdministrator, '/v1/sectors');
  const channels = await allOf<{ readonly id: string; readonly name: string }>(asAdministrator, '/v1/channels');
  const reception = named(sectors, 'Recepção', 'sector');
  const sales = named(sectors, 'Comercial', 'sector');
  const outcomes = new Map<string, ReadonlyMap<string, string>>();
  for (const { id } of [reception, sales]) {
    const listed = await allOf<{ readonly id: string; readonly name: string }>(
      asAdministrator,
      `/v1/sectors/${id}/outcomes`,
    );
    outcomes.set(id, new Map(listed.map((outcome) => [outcome.name, outcome.id])));
  }
  return {
    administrator,
    secretary,
    salespeople,
    reception,
    sales,
    channelId: named(channels, 'WhatsApp da loja', 'channel').id,
    outcomes,
  };
}

/** Ends the sign-ins again; what fails ends by itself one day. */
export async function leaveCompany({ administrator, secretary, salespeople }: Company): Promise<void> {
  const people = [administrator, secretary, ...salespeople];
  await Promise.allSettled(people.map(({ client }) => client.unstoppable().ask('DELETE', '/v1/sessions/current')));
}

/** Every item of a list, page by page. */
export async function allOf<T>(client: Client, path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const query: string = `limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
    const page: Page<T> = await client.must<Page<T>>('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

function named<T extends { readonly name: string }>(items: readonly T[], name: string, what: string): T {
  const found = items.find((item) => item.name === name);
  if (found) return found;
  throw new Error(
    `The demo company has no ${what} named "${name}" any more: the simulation needs it as npm start created it.`,
  );
}
