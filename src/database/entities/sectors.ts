import { defineEntity, p } from '@mikro-orm/postgresql';
import type { AutoReply } from '../../domain/conversation/autoReply.ts';
import type { OutcomeId, SectorId, UserId } from '../../domain/ids.ts';
import type { BusinessHours } from '../../domain/routing/businessHours.ts';
import type { ResponseAction } from '../../domain/routing/response.ts';
import type { DistributionMode } from '../../domain/routing/settings.ts';

export const Sector = defineEntity({
  name: 'Sector',
  tableName: 'sector',
  properties: {
    id: p.uuid().$type<SectorId>().primary(),
    /** Readable name for operators (search attributes); made from the first name, never changed. */
    slug: p.text().unique(),
    name: p.text(),
    color: p.text(),
    description: p.text().nullable(),
    /** R26: sent to a contact whose conversation enters the sector. */
    directionMessage: p.text().nullable(),
    mode: p.text().$type<DistributionMode>(),
    offerTimeoutMs: p.integer(),
    distributionLimitMs: p.integer(),
    overflow: p.boolean(),
    capacity: p.integer().nullable(),
    cherryPicking: p.boolean(),
    /** R31: how long after a close a contact goes back to the last owner; 0 = off. */
    reopenWindowMs: p.bigint('number'),
    /** R29: a contact of a portfolio is assigned to its owner at once instead of being offered. */
    portfolioAssigns: p.boolean().default(false),
    /** R34: how long, in business time, an owner may leave a contact without an answer; `null` = off. */
    responseTimeoutMs: p.integer().nullable(),
    responseAction: p.text().$type<ResponseAction>().default('tell-supervisor'),
    /** R35: how long, in business time, an owner may be gone when the contact writes; `null` = off. */
    absenceGraceMs: p.integer().nullable(),
    /** The order in which sectors are listed. */
    position: p.integer().default(0),
    /** `null` = the organisation's. */
    hours: p.json<BusinessHours>().nullable(),
    autoReply: p.json<AutoReply>().nullable(),
    /** What the sector's hours workflow announced last: `sector.opened` or `sector.closed`. */
    announcedOpen: p.boolean().nullable(),
    createdAt: p.datetime(3),
    /** Takes no new conversations and is no choice any more; what runs in it is finished. */
    archivedAt: p.datetime(3).nullable(),
    /** A6: kept, hidden, for its closed conversations. */
    deletedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'sector_name_unique',
      expression: 'create unique index "sector_name_unique" on "sector" (lower("name")) where "deleted_at" is null',
    },
  ],
});

/** The hours of a sector through time: a change is a new version, so business time already used never changes (R27). */
export const SectorHours = defineEntity({
  name: 'SectorHours',
  tableName: 'sector_hours',
  properties: {
    id: p.bigint('number').autoincrement().primary(),
    sectorId: () => p.manyToOne(Sector).mapToPk().fieldName('sector_id').deleteRule('cascade'),
    since: p.datetime(3),
    /** What really holds, the organisation's hours included; `null` = always open. */
    hours: p.json<BusinessHours>().nullable(),
  },
  indexes: [{ properties: ['sectorId', 'since'] }],
});

/** R3: the arrow, one for the sector and one for each narrowed set of candidates in it. */
export const RotationPointer = defineEntity({
  name: 'RotationPointer',
  tableName: 'rotation_pointer',
  properties: {
    sectorId: () => p.manyToOne(Sector).mapToPk().primary().fieldName('sector_id').deleteRule('cascade'),
    /** `all`, or `channel:<id>`, `group:<id>` or both where a channel's list or a client group narrows the candidates. */
    scope: p.text().primary(),
    createdAt: p.datetime(3),
    userId: p.uuid().$type<UserId>(),
  },
});

/** Why a conversation was closed (R20). */
export const Outcome = defineEntity({
  name: 'Outcome',
  tableName: 'outcome',
  properties: {
    id: p.uuid().$type<OutcomeId>().primary(),
    sectorId: () => p.manyToOne(Sector).mapToPk().fieldName('sector_id').deleteRule('restrict'),
    name: p.text(),
    createdAt: p.datetime(3),
    deletedAt: p.datetime(3).nullable(),
  },
  indexes: [
    {
      name: 'outcome_name_unique',
      expression:
        'create unique index "outcome_name_unique" on "outcome" ("sector_id", lower("name")) where "deleted_at" is null',
    },
  ],
});
