import { type AppAbility, conversationSubject } from '../../../domain/access/ability.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import {
  type ClientGroupId,
  type ClientId,
  type ConversationId,
  type DispatchId,
  newId,
  type UserId,
} from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';
import { viewOf } from '../draft.ts';
import { lockConversation } from '../lockConversation.ts';
import { holdClient } from '../groups/clients.ts';
import { assertModuleOn, holdGroup } from '../groups/groups.ts';
import { type DispatchRow, recordDispatch } from './dispatchRow.ts';
import { assertResponsible } from './responsible.ts';
import { assertTimes } from './times.ts';

export interface NewDispatch {
  readonly conversationId: ConversationId;
  /** `null`: the conversation's. */
  readonly clientId: ClientId | null;
  readonly description: string;
  readonly groupId: ClientGroupId;
  readonly responsibleId: UserId;
  readonly deadline: Date | null;
  readonly remindAt: Date | null;
}

/**
 * B5: sends out a service for a client from a conversation that the caller sees, under a group that may be another than
 * the one responsible for the client. Its own workflow begins with it.
 * @throws Refusal `module-off`, `not-found`, `conversation-closed`, `client-missing`, `invalid-request` for an unknown
 * client or group, `group-without-members`, `target-not-eligible`, `settings-out-of-range` for times that are over
 */
export async function openDispatch(
  unit: Unit,
  { ability, actorId }: { readonly ability: AppAbility; readonly actorId: UserId },
  input: NewDispatch,
): Promise<DispatchId> {
  const conversation = await lockConversation(unit, input.conversationId);
  if (!conversation || !ability.can('read', conversationSubject(viewOf(conversation.row))))
    throw notFound('conversation');
  await assertModuleOn(unit);
  if (conversation.row.status === 'closed') throw new Refusal('conversation-closed', 'The conversation is closed.');
  const clientId = input.clientId ?? conversation.row.clientId;
  if (!clientId) {
    throw new Refusal(
      'client-missing',
      'A dispatch is taken out for a client account: name it, or set it on the conversation.',
    );
  }
  const client = await holdClient(unit, clientId);
  await holdGroup(unit, input.groupId);
  await assertResponsible(unit, input.groupId, input.responsibleId);
  const now = await unit.now();
  assertTimes(input, now);
  const row: DispatchRow = {
    ...input,
    id: newId<DispatchId>(),
    clientId,
    state: 'open',
    createdById: actorId,
    remindedAt: null,
    overdueAt: null,
    createdAt: now,
    endedAt: null,
    version: 1,
    seenAt: null,
  };
  await unit.db.insertInto('dispatch').values(row).execute();
  recordDispatch(
    unit,
    'dispatch.opened',
    { kind: 'user', id: actorId },
    { before: null, after: row },
    {
      groupId: input.groupId,
      responsibleId: input.responsibleId,
      groupIsResponsible: client.groupId === input.groupId,
      deadline: input.deadline?.toISOString() ?? null,
      remindAt: input.remindAt?.toISOString() ?? null,
    },
  );
  unit.wake({ workflow: 'dispatch', targetId: row.id, signal: 'opened' });
  return row.id;
}
