import { defineEntity, p } from '@mikro-orm/postgresql';
import type { ChannelId, KeyId, UserId } from '../../domain/ids.ts';
import { Sector } from './sectors.ts';

export const channelKinds = ['whatsapp', 'web', 'api', 'walk-in'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** Where messages come from and go to. */
export const Channel = defineEntity({
  name: 'Channel',
  tableName: 'channel',
  properties: {
    id: p.uuid().$type<ChannelId>().primary(),
    slug: p.text().unique(),
    name: p.text(),
    kind: p.text().$type<ChannelKind>(),
    /** R32: where its conversations go unless something else says so. */
    sectorId: () => p.manyToOne(Sector).mapToPk().fieldName('sector_id').deleteRule('restrict').index(),
    /** Who has access to its conversations; `null` = every member (product, C4). */
    agentIds: p.array<UserId>().columnType('uuid[]').nullable(),
    active: p.boolean(),
    createdAt: p.datetime(3),
  },
});

/** A secret with which a channel delivers messages: random, shown once, kept as its SHA-256. */
export const ChannelKey = defineEntity({
  name: 'ChannelKey',
  tableName: 'channel_key',
  properties: {
    id: p.uuid().$type<KeyId>().primary(),
    channelId: () => p.manyToOne(Channel).mapToPk().fieldName('channel_id').deleteRule('cascade').index(),
    prefix: p.text(),
    keyHash: p.text().unique(),
    createdAt: p.datetime(3),
    revokedAt: p.datetime(3).nullable(),
  },
});

/** How many tickets a channel has given out on a day: the row is the queue at the machine that gives them. */
export const TicketCounter = defineEntity({
  name: 'TicketCounter',
  tableName: 'ticket_counter',
  properties: {
    channelId: () => p.manyToOne(Channel).mapToPk().primary().fieldName('channel_id').deleteRule('cascade'),
    /** The date in the time zone of the channel's sector: `2026-12-24`. */
    day: p.text().primary(),
    given: p.integer(),
  },
});
