import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { abilityOf } from '../../../src/domain/access/ability.ts';
import type { PermissionExceptions } from '../../../src/domain/access/effective.ts';
import type { Role } from '../../../src/domain/access/permissions.ts';
import type { RightsChange } from '../../../src/domain/access/rightsChange.ts';
import type { ConversationView, EventType } from '../../../src/domain/conversation/events.ts';
import { Refusal } from '../../../src/domain/errors.ts';
import {
  type ChannelId,
  type ContactId,
  type ConversationId,
  newId,
  type SectorId,
  type UserId,
} from '../../../src/domain/ids.ts';
import type { SectorFunction } from '../../../src/domain/routing/members.ts';
import { dbOf, type Db } from '../../../src/database/db.ts';
import { openDatabase } from '../../../src/database/orm.ts';
import { createSequencer } from '../../../src/database/sequencer.ts';
import { databaseClock } from '../../../src/database/clock.ts';
import { transact } from '../../../src/database/transact.ts';
import { type Platform, storedOnly, type Unit } from '../../../src/database/unit.ts';
import { readableConversations } from '../../../src/database/visible.ts';
import { createFeed } from '../../../src/api/live/feed.ts';
import { createLive, type LiveOptions } from '../../../src/api/live/stream.ts';

/** Small, so that batches end in the middle of everything. */
export const feedBatchSize = 7;

export const silent = { info: () => {}, warn: () => {}, error: console.error };

type Functions = readonly SectorFunction[] | null;

/** A company in a database of its own, and steps as the real ones write them: rows and events in one transaction. */
export async function createWorld(url: string) {
  const orm = await openDatabase({ url, poolSize: 8 });
  const sequencer = createSequencer(orm, { log: silent });
  const platform: Platform = {
    orm,
    clock: databaseClock,
    afterCommit: { committed: ({ events }) => void (events && sequencer.nudge()) },
    delivery: storedOnly,
    crash: () => {},
  };
  const db = (): Db => dbOf(orm.em.fork());
  const act = <T>(work: (unit: Unit) => Promise<T>): Promise<T> => transact(platform, work);

  const sectors = { reception: newId<SectorId>(), finance: newId<SectorId>() };
  const channel = newId<ChannelId>();
  const insertSector = (id: SectorId, name: string) =>
    sql`insert into sector (id, slug, name, color, mode, offer_timeout_ms, distribution_limit_ms, overflow, cherry_picking, reopen_window_ms, created_at)
        values (${id}, ${name}, ${name}, '#000000', 'sequential', 600000, 1800000, true, true, 0, now())`.execute(db());
  for (const [name, id] of Object.entries(sectors)) await insertSector(id, name);
  await sql`insert into channel (id, slug, name, kind, sector_id, active, created_at)
            values (${channel}, 'whatsapp', 'WhatsApp', 'whatsapp', ${sectors.reception}, true, now())`.execute(db());

  return {
    orm,
    db,
    sequencer,
    sectors,
    channel,

    async addSector(): Promise<SectorId> {
      const id = newId<SectorId>();
      await insertSector(id, id);
      return id;
    },

    async addUser(role: Role, memberships: Readonly<Record<SectorId, Functions>> = {}): Promise<UserId> {
      const id = newId<UserId>();
      await sql`insert into users (id, name, email, active, permission_group_id, available, verified_at, created_at)
                select ${id}, 'Somebody', ${`${id}@demo.example`}, true, g.id, true, now(), now() from permission_group g where g.role = ${role}`.execute(
        db(),
      );
      for (const [sector, functions] of Object.entries(memberships)) {
        await sql`insert into sector_member values (${sector}, ${id}, ${functions}::text[])`.execute(db());
      }
      return id;
    },

    /** A change of membership as an administrator makes it. */
    setMember: (userId: UserId, sectorId: SectorId, after: Functions): Promise<void> =>
      act(async (unit) => {
        const { rows } = await sql<{ functions: SectorFunction[] }>`
          select functions from sector_member where user_id = ${userId} and sector_id = ${sectorId}`.execute(unit.db);
        await sql`delete from sector_member where user_id = ${userId} and sector_id = ${sectorId}`.execute(unit.db);
        if (after)
          await sql`insert into sector_member values (${sectorId}, ${userId}, ${after}::text[])`.execute(unit.db);
        recordRights(unit, { kind: 'membership', userId, sectorId, before: rows[0]?.functions ?? null, after });
      }),

    setExceptions: (userId: UserId, after: PermissionExceptions): Promise<void> =>
      act(async (unit) => {
        await sql`update users set permission_exceptions = ${JSON.stringify(after)} where id = ${userId}`.execute(
          unit.db,
        );
        recordRights(unit, { kind: 'exceptions', userId, before: {}, after });
      }),

    deactivate: (userId: UserId): Promise<void> =>
      act(async (unit) => {
        await sql`update users set active = false where id = ${userId}`.execute(unit.db);
        recordRights(unit, { kind: 'active', userId, active: false });
      }),

    /** A contact writes for the first time. */
    begin: (
      sectorId: SectorId,
      types: readonly EventType[] = ['conversation.created', 'message.received', 'conversation.queued'],
    ): Promise<ConversationId> =>
      act(async (unit) => {
        const [id, contact] = [newId<ConversationId>(), newId<ContactId>()];
        await sql`insert into contact (id, namespace, external_id, created_at) values (${contact}, 'phone', ${contact}, now())`.execute(
          unit.db,
        );
        await sql`insert into conversation (id, status, state, sector_id, channel_id, contact_id, priority, waiting_since, version, distribution,
                    offers_made, event_seq, message_seq, state_since, tags, custom_fields, last_message_at, created_at)
                  values (${id}, 'active', 'open', ${sectorId}, ${channel}, ${contact}, 2, now(), 1, '{}', 0, 0, 0, now(), '{}', '{}', now(), now())`.execute(
          unit.db,
        );
        await recordSteps(unit, id, types, null);
        return id;
      }),

    /** Something happens to a conversation. */
    step: (
      id: ConversationId,
      types: readonly EventType[],
      to: Partial<ConversationView> = {},
      pause?: () => Promise<void>,
    ): Promise<void> =>
      act(async (unit) => {
        const before = await viewIn(unit.db, id);
        const after = { ...before, ...to };
        await sql`update conversation set status = ${after.status}, state = ${after.state}, sector_id = ${after.sectorId}, owner_id = ${after.ownerId},
                    designated_id = ${after.designatedId} where id = ${id}`.execute(unit.db);
        await recordSteps(unit, id, types, before);
        await pause?.();
      }),
    act,

    async close(): Promise<void> {
      await sequencer.stop();
      await orm.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof createWorld>>;

const recordRights = (unit: Unit, change: RightsChange): void =>
  unit.record({ type: 'rights.changed', actor: { kind: 'system' }, data: { change } });

async function viewIn(db: Db, id: ConversationId): Promise<ConversationView> {
  const { rows } = await sql<ConversationView>`
    select status, state, sector_id as "sectorId", channel_id as "channelId", owner_id as "ownerId", designated_id as "designatedId"
      from conversation where id = ${id} for update`.execute(db);
  return rows[0]!;
}

async function recordSteps(
  unit: Unit,
  id: ConversationId,
  types: readonly EventType[],
  before: ConversationView | null,
): Promise<void> {
  const after = await viewIn(unit.db, id);
  const { rows } = await sql<{
    seq: number;
  }>`update conversation set event_seq = event_seq + ${types.length} where id = ${id} returning event_seq as seq`.execute(
    unit.db,
  );
  const first = rows[0]!.seq - types.length + 1;
  types.forEach((type, index) =>
    unit.record({ type, actor: { kind: 'system' }, data: {}, conversation: { id, seq: first + index, before, after } }),
  );
}

/** An HTTP server that serves live streams to whoever `x-user` names. */
export async function serveLive({ orm, db }: World, databaseUrl: string, options: Partial<LiveOptions> = {}) {
  const feed = createFeed({ orm, databaseUrl, log: silent, batchSize: feedBatchSize });
  const live = createLive({
    orm,
    feed,
    log: silent,
    presence: { enter: () => () => undefined, stop: () => Promise.resolve() },
    present: async (person, ids) => {
      const { rows } = await sql<{ id: ConversationId; state: string; sectorId: SectorId }>`
        select c.id, c.state, c.sector_id as "sectorId" from conversation c
         where c.id = any(${ids}::uuid[]) and ${readableConversations(abilityOf(person, person))}`.execute(db());
      return new Map(rows.map((row) => [row.id, { ...row, permissions: person.permissions }]));
    },
    ...options,
  });
  const signedOut = new Set<string>();
  const server: Server = createServer((req, res) => {
    const userId = req.headers['x-user'] as UserId;
    live
      .serve({ userId }, () => Promise.resolve(!signedOut.has(userId)), req, res)
      .catch((error: unknown) => {
        res.writeHead(error instanceof Refusal ? 400 : 500).end(error instanceof Refusal ? error.code : String(error));
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/v1/events`,
    live,
    feed,
    signedOut,
    async close(): Promise<void> {
      await live.close();
      await feed.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type LiveServer = Awaited<ReturnType<typeof serveLive>>;
