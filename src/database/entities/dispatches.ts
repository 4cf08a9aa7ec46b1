import { defineEntity, p } from '@mikro-orm/postgresql';
import type { DispatchState } from '../../domain/dispatch/state.ts';
import type { DispatchId } from '../../domain/ids.ts';
import { Conversation } from './conversations.ts';
import { Client, ClientGroup } from './groups.ts';
import { User } from './people.ts';

/** A service sent out for a client from a conversation (product, B5): one row, one workflow. */
export const Dispatch = defineEntity({
  name: 'Dispatch',
  tableName: 'dispatch',
  properties: {
    id: p.uuid().$type<DispatchId>().primary(),
    conversationId: () =>
      p.manyToOne(Conversation).mapToPk().fieldName('conversation_id').deleteRule('restrict').index(),
    clientId: () => p.manyToOne(Client).mapToPk().fieldName('client_id').deleteRule('restrict'),
    description: p.text(),
    state: p.text().$type<DispatchState>(),
    responsibleId: () => p.manyToOne(User).mapToPk().fieldName('responsible_id').deleteRule('restrict'),
    groupId: () => p.manyToOne(ClientGroup).mapToPk().fieldName('group_id').deleteRule('restrict'),
    createdById: () => p.manyToOne(User).mapToPk().fieldName('created_by_id').deleteRule('restrict'),
    deadline: p.datetime(3).nullable(),
    /** When the responsible user is reminded. */
    remindAt: p.datetime(3).nullable(),
    remindedAt: p.datetime(3).nullable(),
    /** When the deadline was found to have passed. */
    overdueAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
    /** Counts its changes (the ETag). */
    version: p.integer(),
    /** When the sweep last saw that its workflow runs. */
    seenAt: p.datetime(3).nullable(),
  },
  indexes: [
    // The panel: newest first, of a person, a group, a client.
    { name: 'dispatch_newest', properties: ['createdAt', 'id'] },
    { name: 'dispatch_responsible', properties: ['responsibleId', 'createdAt', 'id'] },
    { name: 'dispatch_group', properties: ['groupId', 'createdAt', 'id'] },
    { name: 'dispatch_client', properties: ['clientId', 'createdAt', 'id'] },
    { name: 'dispatch_running', properties: ['seenAt'], where: "state in ('open', 'in-progress')" },
  ],
});
