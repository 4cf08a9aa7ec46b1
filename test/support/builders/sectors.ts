import { type ChannelId, newId, type OutcomeId, type SectorId } from '../../../src/domain/ids.ts';
import type { BusinessHours } from '../../../src/domain/routing/businessHours.ts';
import type { Channel } from '../../../src/database/entities/channels.ts';
import type { Outcome, Sector } from '../../../src/database/entities/sectors.ts';
import type { Platform } from '../../../src/database/unit.ts';
import { laterThanTheLast, queries, type Row, unique } from './rows.ts';

export type BuiltSector = Row<typeof Sector> & { readonly id: SectorId };
export type BuiltChannel = Row<typeof Channel> & { readonly id: ChannelId };

/** A sector with short times that is always open, unless `hours` says otherwise. */
export async function createSector(platform: Platform, overrides: Partial<BuiltSector> = {}): Promise<BuiltSector> {
  const db = queries(platform);
  const name = overrides.name ?? unique('Vendas');
  const sector: BuiltSector = {
    id: newId<SectorId>(),
    slug: unique('vendas'),
    name,
    color: '#3366cc',
    description: null,
    directionMessage: null,
    mode: 'sequential',
    offerTimeoutMs: 600_000,
    distributionLimitMs: 1_800_000,
    overflow: true,
    capacity: null,
    cherryPicking: true,
    reopenWindowMs: 0,
    portfolioAssigns: false,
    responseTimeoutMs: null,
    responseAction: 'tell-supervisor',
    absenceGraceMs: null,
    position: 0,
    hours: null,
    autoReply: null,
    announcedOpen: null,
    createdAt: laterThanTheLast(),
    archivedAt: null,
    deletedAt: null,
    ...overrides,
  };
  await db.insertInto('sector').values(sector).execute();
  await db
    .insertInto('sector_hours')
    .values({ sectorId: sector.id, since: sector.createdAt, hours: sector.hours ?? null })
    .execute();
  return sector;
}

/** Hours that are never open: an empty week. */
export const neverOpen: BusinessHours = { timeZone: 'America/Sao_Paulo', weekly: [], holidays: [] };

export async function createChannel(
  platform: Platform,
  sector: { readonly id: SectorId },
  overrides: Partial<BuiltChannel> = {},
): Promise<BuiltChannel> {
  const channel: BuiltChannel = {
    id: newId<ChannelId>(),
    slug: unique('whatsapp'),
    name: unique('WhatsApp'),
    kind: 'whatsapp',
    sectorId: sector.id,
    agentIds: null,
    active: true,
    createdAt: laterThanTheLast(),
    ...overrides,
  };
  await queries(platform).insertInto('channel').values(channel).execute();
  return channel;
}

export async function createOutcome(
  platform: Platform,
  sector: { readonly id: SectorId },
  overrides: Partial<Row<typeof Outcome>> = {},
): Promise<Row<typeof Outcome>> {
  const outcome: Row<typeof Outcome> = {
    id: newId<OutcomeId>(),
    sectorId: sector.id,
    name: unique('Resolvido'),
    createdAt: laterThanTheLast(),
    deletedAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('outcome').values(outcome).execute();
  return outcome;
}
