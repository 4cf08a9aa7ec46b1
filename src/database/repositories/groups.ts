import { sql } from 'kysely';
import type { GroupTie } from '../../domain/group/functions.ts';

/** How conversations are tied to groups now, as a column of any statement; `none` while the module is off. */
export const groupTieNow = sql<GroupTie>`
  (select case when o.client_groups then o.group_tie else 'none' end from organization o)`;

/** Whether the group of a conversation `as c` narrows who is considered for it (R30). */
export const groupNarrows = sql<boolean>`
  (c.group_id is not null
   and exists (select 1 from organization o where o.client_groups and o.group_tie = 'automatic'))`;
