import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MikroORM } from '@mikro-orm/postgresql';
import { dbOf } from '../database/db.ts';
import { ensureAdministrator, ensurePassword } from '../database/setup.ts';
import { Client } from '../simulator/client.ts';
import { allOf } from '../simulator/company.ts';
import { Tally } from '../simulator/tally.ts';
import { ensureChannelKey } from './channelKey.ts';
import { administrator, channel, firstSector, people } from './company.ts';
import { createCompany, isComplete, signIn } from './createCompany.ts';
import { welcome, type Welcome } from './welcome.ts';

export interface Loading {
  readonly orm: MikroORM;
  /** Of the API, without a trailing slash. */
  readonly base: string;
  readonly password: string;
  /** Where the channel's key is kept. */
  readonly dataDir: string;
}

/**
 * Loads the demo company into an empty database; into any other nothing. The five accounts of one that is there get
 * the present password. @returns what to print
 * @throws Error when the API refuses something or cannot be reached
 */
export async function loadCompany({ orm, base, password, dataDir }: Loading): Promise<string> {
  if (password.length < 8) throw new Error('DEMO_PASSWORD must have at least 8 characters.');
  const users = await dbOf(orm.em.fork()).selectFrom('users').select('email').execute();
  if (users.length === 0) await ensureAdministrator(orm, { email: administrator.email, password });
  else if (!users.some(({ email }) => email === administrator.email)) {
    return 'The database has users, yet not those of the demo company: it was not loaded. Sign in as one of yours.\n';
  }
  await ensurePassword(orm, [administrator.email, ...people.map(({ email }) => email)], password);
  const anybody = new Client({ base, tally: new Tally() });
  const client = await signIn(anybody, password);
  if (!client) {
    return (
      `${administrator.email} cannot sign in: the account was deactivated, or there were too many attempts. ` +
      `Wait a little and start again, or delete ${dataDir} to begin anew.\n`
    );
  }
  try {
    if (!(await isComplete(client))) await createCompany(client, password);
    return await told(client, { base, password, dataDir });
  } finally {
    await client.ask('DELETE', '/v1/sessions/current').catch(() => {});
  }
}

async function told(client: Client, { base, password, dataDir }: Omit<Loading, 'orm'>): Promise<string> {
  const organization = await client.must<{ name: string; timeZone: string }>('GET', '/v1/organization');
  const sectors = await allOf<Welcome['sector']>(client, '/v1/sectors');
  const channels = await allOf<Welcome['channel']>(client, '/v1/channels');
  const sector = sectors.find(({ name }) => name === firstSector) ?? sectors[0];
  const front = channels.find(({ name }) => name === channel.name) ?? channels[0];
  if (!sector || !front) return 'The demo company has no sector or no channel any more.\n';
  const keyFile = join(dataDir, 'demo-channel-key');
  mkdirSync(dataDir, { recursive: true });
  await ensureChannelKey(client, front.id, keyFile);
  return welcome({
    base,
    organization: organization.name,
    timeZone: organization.timeZone,
    password,
    keyFile,
    channel: front,
    sector,
  });
}
