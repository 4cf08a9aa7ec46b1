import type { ConversationId } from '../../../src/domain/ids.ts';
import type { Answered, Caller, TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltSector,
  type BuiltUser,
  createChannel,
  createConversation,
  createSector,
  createUser,
} from '../../support/builders.ts';

/** A sector with two agents and a supervisor, another sector, and people who stand outside. */
export interface Company {
  readonly sector: BuiltSector;
  readonly sales: BuiltSector;
  /** Leads to `sector`. */
  readonly channel: BuiltChannel;
  readonly ana: BuiltUser;
  readonly bruno: BuiltUser;
  /** The agent of `sales`. */
  readonly carla: BuiltUser;
  readonly as: Readonly<Record<'ana' | 'bruno' | 'carla' | 'boss' | 'admin' | 'stranger', Caller>>;
  /** A conversation that any member may take. */
  open(): Promise<ConversationId>;
}

export async function createCompany(api: TestApi): Promise<Company> {
  const { platform } = api;
  const [sector, sales] = [await createSector(platform), await createSector(platform)];
  const channel = await createChannel(platform, sector);
  const ana = await createUser(platform, { name: 'Ana', memberOf: [sector] });
  const bruno = await createUser(platform, { name: 'Bruno', memberOf: [sector] });
  const carla = await createUser(platform, { name: 'Carla', memberOf: [sales] });
  const boss = await createUser(platform, {
    name: 'Chefe',
    memberOf: [sector],
    functions: ['supervisor'],
    role: 'supervisor',
  });
  return {
    sector,
    sales,
    channel,
    ana,
    bruno,
    carla,
    as: {
      ana: await api.as(ana),
      bruno: await api.as(bruno),
      carla: await api.as(carla),
      boss: await api.as(boss),
      admin: await api.as(await createUser(platform, { role: 'administrator' })),
      stranger: await api.as(await createUser(platform)),
    },
    open: () => createConversation(platform, channel, { state: 'open', reason: 'limit-reached' }),
  };
}

/** The path of a conversation, or of a command on it. */
export const path = (id: ConversationId, command = ''): string => `/v1/conversations/${id}${command && `/${command}`}`;

/** The status of an answer, with the code of a refusal. */
export async function answerOf(asked: Promise<Answered>): Promise<string> {
  const { status, body } = await asked;
  return status < 300 ? String(status) : `${status} ${body.code}`;
}
