import type { z } from 'zod';
import type { AppAbility } from '../../domain/access/ability.ts';
import type { ClientGroupId, ClientId } from '../../domain/ids.ts';
import { type clientSchema, settingActions } from './schema.ts';

export interface ClientRow {
  readonly id: ClientId;
  readonly name: string;
  readonly reference: string | null;
  readonly groupId: ClientGroupId | null;
  readonly groupName: string | null;
  readonly archived: boolean;
  readonly createdAt: Date;
}

export const presentClient =
  (ability: AppAbility) =>
  ({ groupId, groupName, createdAt, ...row }: ClientRow): z.input<typeof clientSchema> => ({
    ...row,
    group: groupId && { id: groupId, name: groupName ?? '' },
    createdAt: createdAt.toISOString(),
    allowed: settingActions.filter((action) => ability.can(action, 'Client')),
  });
