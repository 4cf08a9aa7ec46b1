import type { ClientGroupId, ClientId, ConversationId } from '../../../src/domain/ids.ts';
import type { Answered, TestApi } from '../../support/api.ts';
import {
  type BuiltChannel,
  type BuiltUser,
  createChannel,
  createClient,
  createClientGroup,
  createGroupMember,
  createOwned,
  createSector,
  queries,
  switchGroupsOn,
} from '../../support/builders.ts';

/** A client group with a client, and a conversation of that client. */
export interface Desk {
  readonly group: { readonly id: ClientGroupId; readonly name: string };
  readonly client: { readonly id: ClientId; readonly name: string };
  readonly channel: BuiltChannel;
  readonly conversationId: ConversationId;
  /** Owns the conversation, and takes out dispatches in the group. */
  readonly ana: BuiltUser;
  /** Supervises the group. */
  readonly sofia: BuiltUser;
  /** What a request says that takes out a dispatch. */
  body(overrides?: Record<string, unknown>): Record<string, unknown>;
  /** A dispatch that Ana takes out. */
  open(overrides?: Record<string, unknown>): Promise<Answered['body']>;
}

export async function createDesk(api: TestApi): Promise<Desk> {
  const { platform } = api;
  await switchGroupsOn(platform);
  const group = await createClientGroup(platform);
  const client = await createClient(platform, group);
  const sector = await createSector(platform);
  const channel = await createChannel(platform, sector);
  const ana = await createGroupMember(platform, group, ['attendance', 'dispatch'], { memberOf: [sector] });
  const sofia = await createGroupMember(platform, group, ['supervision']);
  const conversationId = await createOwned(platform, channel, ana);
  await queries(platform)
    .updateTable('conversation')
    .set({ clientId: client.id })
    .where('id', '=', conversationId)
    .execute();
  const body = (overrides: Record<string, unknown> = {}) => ({
    conversationId,
    description: 'Guincho na marginal, km 12',
    groupId: group.id,
    responsibleId: ana.id,
    ...overrides,
  });
  const open = async (overrides: Record<string, unknown> = {}) =>
    (await (await api.as(ana)).post('/v1/dispatches', body(overrides))).body;
  return { group, client, channel, conversationId, ana, sofia, body, open };
}

export const inMinutes = (n: number): string => new Date(Date.now() + n * 60_000).toISOString();
