import { defineEntity, p } from '@mikro-orm/postgresql';
import type { AutoReply } from '../../domain/conversation/autoReply.ts';
import type { GroupTie } from '../../domain/group/functions.ts';
import type { OrganizationId } from '../../domain/ids.ts';
import type { BusinessHours } from '../../domain/routing/businessHours.ts';
import type { DistributionSettings } from '../../domain/routing/settings.ts';

/** One per deployment: what holds unless a sector says otherwise. */
export const Organization = defineEntity({
  name: 'Organization',
  tableName: 'organization',
  properties: {
    id: p.uuid().$type<OrganizationId>().primary(),
    name: p.text(),
    timeZone: p.text(),
    /** `null` = always open (R23). */
    hours: p.json<BusinessHours>().nullable(),
    autoReply: p.json<AutoReply>(),
    /** What a new sector starts with. */
    distribution: p.json<DistributionSettings>(),
    /** Users may set their own availability (R2). */
    selfAvailability: p.boolean(),
    /** Product, B1: the module of client groups is switched on. */
    clientGroups: p.boolean().default(false),
    /** B4: how conversations are tied to a group. */
    groupTie: p.text().$type<GroupTie>().default('none'),
    createdAt: p.datetime(3),
  },
});
