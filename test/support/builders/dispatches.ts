import {
  type ClientGroupId,
  type ClientId,
  type ConversationId,
  type DispatchId,
  newId,
  type UserId,
} from '../../../src/domain/ids.ts';
import type { Dispatch } from '../../../src/database/entities/dispatches.ts';
import type { Platform } from '../../../src/database/unit.ts';
import { createClient } from './clientGroups.ts';
import { laterThanTheLast, queries, type Row } from './rows.ts';

/** An open dispatch of a conversation, without any step. */
export async function createDispatch(
  platform: Platform,
  of: {
    readonly conversationId: ConversationId;
    readonly group: { readonly id: ClientGroupId };
    readonly responsible: { readonly id: UserId };
    readonly client?: { readonly id: ClientId };
  },
  overrides: Partial<Row<typeof Dispatch>> = {},
): Promise<Row<typeof Dispatch>> {
  const dispatch: Row<typeof Dispatch> = {
    id: newId<DispatchId>(),
    conversationId: of.conversationId,
    clientId: (of.client ?? (await createClient(platform))).id,
    description: 'Guincho na marginal',
    state: 'open',
    responsibleId: of.responsible.id,
    groupId: of.group.id,
    createdById: of.responsible.id,
    deadline: null,
    remindAt: null,
    remindedAt: null,
    overdueAt: null,
    createdAt: laterThanTheLast(),
    endedAt: null,
    version: 1,
    seenAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('dispatch').values(dispatch).execute();
  return dispatch;
}
