import { hashSecret, newSecret } from '../../../src/database/secrets.ts';
import { hashPassword } from '../../../src/database/passwords.ts';
import { notForKeys } from '../../../src/domain/access/apiKeys.ts';
import { permissions } from '../../../src/domain/access/permissions.ts';
import { type KeyId, newId } from '../../../src/domain/ids.ts';
import type { TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createApiKey,
  createChannel,
  createSector,
  createUser,
  queries,
  switchGroupsOn,
} from '../../support/builders.ts';

/** One side of the walk's company. */
export interface Side {
  readonly sector: BuiltSector;
  /** Leads to the sector; agent and supervisor stand on its list. */
  readonly channel: BuiltChannel;
  readonly channelKey: string;
  readonly agent: BuiltUser;
  readonly supervisor: BuiltUser;
}

/** Two sectors that know nothing of each other, a member of the first who stands on no list, and an administrator. */
export interface World {
  readonly here: Side;
  readonly there: Side;
  readonly unlisted: BuiltUser;
  /** Of the first sector, with everything that a key can hold, on the list of its channel. */
  readonly apiKey: string;
  readonly administrator: BuiltUser;
}

export const password = 'a-password-of-the-walk';
let passwordHash: Promise<string> | undefined;
/** One hash for everybody: it is slow on purpose. */
export const hashOfPassword = (): Promise<string> => (passwordHash ??= hashPassword(password));

export async function createWorld({ platform }: TestApi): Promise<World> {
  await switchGroupsOn(platform);
  const side = async (): Promise<Side> => {
    const sector = await createSector(platform);
    const agent = await createUser(platform, { memberOf: [sector] });
    const supervisor = await createUser(platform, {
      role: 'supervisor',
      memberOf: [sector],
      functions: ['supervisor'],
    });
    const channel = await createChannel(platform, sector, { agentIds: [agent.id, supervisor.id] });
    const { key } = await createKey(platform, channel);
    return { sector, channel, channelKey: key, agent, supervisor };
  };
  const here = await side();
  const administrator = await createUser(platform, { role: 'administrator' });
  const apiKey = await createApiKey(platform, administrator, {
    permissions: permissions.filter((name) => !(notForKeys as readonly string[]).includes(name)),
    sectorIds: [here.sector.id],
  });
  await queries(platform)
    .updateTable('channel')
    .set({ agentIds: [here.agent.id, here.supervisor.id, apiKey.id] })
    .where('id', '=', here.channel.id)
    .execute();
  return {
    here,
    there: await side(),
    unlisted: await createUser(platform, { memberOf: [here.sector] }),
    apiKey: apiKey.key,
    administrator,
  };
}

/** Gives a channel a key without any step. */
export async function createKey(platform: TestApi['platform'], channel: BuiltChannel) {
  const key = newSecret('rzc');
  const id = newId<KeyId>();
  await queries(platform)
    .insertInto('channel_key')
    .values({
      id,
      channelId: channel.id,
      prefix: key.slice(0, 12),
      keyHash: hashSecret(key),
      createdAt: new Date(),
      revokedAt: null,
    })
    .execute();
  return { id, key };
}
