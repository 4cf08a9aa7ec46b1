import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ClientGroupId, ClientId } from '../../domain/ids.ts';
import type { GroupFunction } from '../../domain/group/functions.ts';
import { User } from './people.ts';

/** Responsible for certain client accounts (product, section B). */
export const ClientGroup = defineEntity({
  name: 'ClientGroup',
  tableName: 'client_group',
  properties: {
    id: p.uuid().$type<ClientGroupId>().primary(),
    name: p.text(),
    createdAt: p.datetime(3),
    /** Kept, hidden, for what was tied to it and is over. */
    deletedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'client_group_name_unique',
      expression:
        'create unique index "client_group_name_unique" on "client_group" (lower("name")) where "deleted_at" is null',
    },
  ],
});

/** Who belongs to a client group, with which functions (B3). */
export const ClientGroupMember = defineEntity({
  name: 'ClientGroupMember',
  tableName: 'client_group_member',
  properties: {
    groupId: () => p.manyToOne(ClientGroup).mapToPk().primary().fieldName('group_id').deleteRule('restrict'),
    userId: () => p.manyToOne(User).mapToPk().primary().fieldName('user_id').deleteRule('restrict').index(),
    functions: p.array<GroupFunction>().columnType('text[]'),
  },
});

/** A client account: the company on whose behalf contacts write. */
export const Client = defineEntity({
  name: 'Client',
  tableName: 'client',
  properties: {
    id: p.uuid().$type<ClientId>().primary(),
    name: p.text(),
    /** The company's own number for it: of the contract, of the register. */
    reference: p.text().nullable(),
    /** The group that is responsible for it; one at most, because it stands here. */
    groupId: () => p.manyToOne(ClientGroup).mapToPk().fieldName('group_id').nullable().deleteRule('restrict').index(),
    createdAt: p.datetime(3),
    /** Stays where it is, and is given to nothing more. */
    archivedAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'client_name_unique', expression: 'create unique index "client_name_unique" on "client" (lower("name"))' },
  ],
});
