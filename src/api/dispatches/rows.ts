import { type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { effectivePermissions, type Grants } from '../../domain/access/effective.ts';
import { type AppAbility, dispatchSubject } from '../../domain/access/ability.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import { type DispatchState, hasEnded, nextStates } from '../../domain/dispatch/state.ts';
import { effectiveFunctions, type GroupFunction } from '../../domain/group/functions.ts';
import type { ClientGroupId, ClientId, ConversationId, DispatchId, UserId } from '../../domain/ids.ts';
import { dispatchActions, type dispatchSchema } from './schema.ts';

export interface DispatchRow extends Grants {
  readonly id: DispatchId;
  readonly conversationId: ConversationId;
  readonly clientId: ClientId;
  readonly clientName: string;
  readonly clientGroupId: ClientGroupId | null;
  readonly description: string;
  readonly state: DispatchState;
  readonly responsibleId: UserId;
  readonly responsibleName: string;
  readonly responsibleActive: boolean;
  /** Of the responsible user in the group; `null`: no longer a member. */
  readonly functions: readonly GroupFunction[] | null;
  readonly groupId: ClientGroupId;
  readonly groupName: string;
  readonly createdById: UserId;
  readonly createdByName: string;
  readonly deadline: Date | null;
  readonly remindAt: Date | null;
  readonly remindedAt: Date | null;
  readonly overdueAt: Date | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  readonly version: number;
}

/** Newest first. */
export async function readDispatches(
  db: Db,
  conditions: readonly RawBuilder<unknown>[],
  limit: number,
): Promise<DispatchRow[]> {
  const { rows } = await sql<DispatchRow>`
    select d.id, d.conversation_id as "conversationId", d.client_id as "clientId", c.name as "clientName",
           c.group_id as "clientGroupId", d.description, d.state, d.responsible_id as "responsibleId",
           u.name as "responsibleName", u.active as "responsibleActive", m.functions, p.role,
           p.permissions as "groupPermissions", u.permission_exceptions as exceptions,
           d.group_id as "groupId", g.name as "groupName", d.created_by_id as "createdById", b.name as "createdByName",
           d.deadline, d.remind_at as "remindAt", d.reminded_at as "remindedAt", d.overdue_at as "overdueAt",
           d.created_at as "createdAt", d.ended_at as "endedAt", d.version
      from (select * from dispatch d where ${sql.join(conditions, sql` and `)}
             order by d.created_at desc, d.id desc limit ${limit}) d
      join client c on c.id = d.client_id
      join users u on u.id = d.responsible_id
      join permission_group p on p.id = u.permission_group_id
      join client_group g on g.id = d.group_id
      join users b on b.id = d.created_by_id
      left join client_group_member m on m.group_id = d.group_id and m.user_id = d.responsible_id
     order by d.created_at desc, d.id desc`.execute(db);
  return rows;
}

/** B5, as `ability.can('read', …)` says it: what one is responsible for, and what one's groups are; administrators see all. */
export const visibleDispatches = (person: Person): RawBuilder<boolean> =>
  isAdministrator(person)
    ? sql<boolean>`true`
    : sql<boolean>`(d.responsible_id = ${person.userId} or ${ofGroupsOf(person)})`;

export const ofGroupsOf = ({ clientGroups }: Person): RawBuilder<boolean> =>
  sql<boolean>`d.group_id = any(${clientGroups.map(({ groupId }) => groupId)}::uuid[])`;

export const presentDispatch =
  (ability: AppAbility) =>
  (row: DispatchRow): z.input<typeof dispatchSchema> => {
    const functions = effectiveFunctions(row.functions ?? [], effectivePermissions(row));
    const subject = dispatchSubject({ responsibleId: row.responsibleId, groupId: row.groupId });
    const ended = hasEnded(row.state);
    return {
      id: row.id,
      conversationId: row.conversationId,
      client: { id: row.clientId, name: row.clientName },
      description: row.description,
      state: row.state,
      responsible: {
        id: row.responsibleId,
        name: row.responsibleName,
        eligible: row.responsibleActive && functions.includes('dispatch'),
      },
      group: { id: row.groupId, name: row.groupName, isResponsible: row.clientGroupId === row.groupId },
      createdBy: { id: row.createdById, name: row.createdByName },
      deadline: row.deadline?.toISOString() ?? null,
      remindAt: row.remindAt?.toISOString() ?? null,
      remindedAt: row.remindedAt?.toISOString() ?? null,
      overdueAt: row.overdueAt?.toISOString() ?? null,
      createdAt: row.createdAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
      nextStates: [...nextStates(row.state)],
      allowed: ended ? [] : dispatchActions.filter((action) => ability.can(action, subject)),
      version: row.version,
    };
  };
