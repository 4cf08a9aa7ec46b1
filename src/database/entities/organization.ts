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
    /** Most messages to contacts in a calendar month of the time zone; `null` = no limit. */
    messagesPerMonth: p.integer().nullable(),
    /** Stands below the mails that Rodízio sends; placeholders are filled in when a mail goes out. */
    emailSignature: p.text().nullable(),
    createdAt: p.datetime(3),
  },
});

/**
 * How many messages to contacts went out in a month with a limit. One count in several parts, so that those who write
 * at the same moment do not wait for each other: a message takes a place in any part that has room.
 */
export const MessageCount = defineEntity({
  name: 'MessageCount',
  tableName: 'message_count',
  properties: {
    /** `2026-11`. */
    month: p.text().primary(),
    part: p.integer().primary(),
    used: p.integer(),
    /** What this part may give out; all of them together are the limit. */
    quota: p.integer(),
  },
});

/** That the administrators were told of a month in which most of the limit is used. */
export const MessageWarning = defineEntity({
  name: 'MessageWarning',
  tableName: 'message_warning',
  properties: { month: p.text().primary(), at: p.datetime(3) },
});
