import { sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import { loadMembers } from '../../database/repositories/members.ts';
import { loadSector, type SectorConfig } from '../../database/repositories/sectors.ts';
import { readPointer, sectorScope } from '../../database/steps/pointer.ts';
import { readableConversations } from '../../database/visible.ts';
import { presentTime } from '../../database/clock.ts';
import { type AppAbility, rotationSubject } from '../../domain/access/ability.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import { notFound, noSuch } from '../../domain/errors.ts';
import { type ConversationId, sectorId, type SectorId, type UserId } from '../../domain/ids.ts';
import { inCreationOrder, ineligibleBecause, isFull, type MemberFacts } from '../../domain/routing/members.ts';
import { startingAt } from '../../domain/routing/rotation.ts';
import { presentConversations, type Viewer } from '../conversations/presenter.ts';
import { read, type Route } from '../route.ts';
import { byId } from '../schemas.ts';
import { rotationSchema, simulationRequestSchema, simulationSchema } from './rotationSchema.ts';
import { simulate } from './simulate.ts';

const tag = 'Rotation';
const params = byId(sectorId);
const shownAtMost = 500;

/** The sector, if the caller may look into its rotation. @throws Refusal `not-found` */
async function visibleSector(db: Db, ability: AppAbility, id: SectorId): Promise<SectorConfig> {
  const sector = ability.can('read', rotationSubject(id)) ? await loadSector(db, id) : null;
  if (!sector) throw notFound('sector');
  return sector;
}

const reasonOf = (member: MemberFacts) =>
  ineligibleBecause(member) ?? (isFull(member) ? ('at-capacity' as const) : null);

async function namesOf(db: Db, members: readonly MemberFacts[]): Promise<ReadonlyMap<UserId, string>> {
  const ids = members.map(({ userId }) => userId);
  const { rows } = await sql<{
    id: UserId;
    name: string;
  }>`select id, name from users where id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function rotationOf(db: Db, sector: SectorConfig, viewer: Viewer) {
  const members = await loadMembers(db, {
    sectorId: sector.id,
    sectorCapacity: sector.settings.capacity,
    channelId: null,
    groupId: null,
  });
  const pointer = await readPointer(db, sector.id, sectorScope);
  const names = await namesOf(db, members);
  // Nobody is next where members take for themselves.
  const next =
    sector.settings.mode === 'manual'
      ? undefined
      : startingAt(members, pointer).find((member) => reasonOf(member) === null);
  return {
    members: inCreationOrder(members).map((member, index) => {
      const reason = reasonOf(member);
      return {
        userId: member.userId,
        name: names.get(member.userId) ?? '',
        position: index + 1,
        eligible: reason === null,
        reason,
      };
    }),
    next: next?.userId ?? null,
    offers: await liveOffers(db, sector.id, viewer),
  };
}

async function liveOffers(db: Db, sector: SectorId, viewer: Viewer) {
  const { rows } = await sql<{ id: ConversationId }>`
    select c.id from conversation c
     where c.sector_id = ${sector} and c.status = 'active' and c.state = 'offered' and ${readableConversations(viewer.ability)}
     order by c.waiting_since, c.id limit ${shownAtMost}`.execute(db);
  const ids = rows.map(({ id }) => id);
  const shown = await presentConversations(db, viewer, ids);
  return ids.flatMap((conversationId) => {
    const offer = shown.get(conversationId)?.offer;
    if (!offer) return [];
    const { id: offerId, ...timer } = offer;
    return [{ conversationId, offerId, ...timer }];
  });
}

export const rotationRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/sectors/{id}/rotation',
    operationId: 'getRotation',
    summary: 'The order of the agents, who is eligible, who is next, and the live offers',
    tag,
    caller: 'person',
    can: ['read', 'Rotation'],
    params,
    answers: { 200: rotationSchema },
    handle: async (db, { deps, params: { id }, person, ability }) => {
      const sector = await visibleSector(db, ability, id);
      const viewer = { person, ability, clock: deps.platform.clock, suggestions: deps.suggestions !== null };
      return { status: 200, body: await rotationOf(db, sector, viewer) };
    },
  }),
  read({
    method: 'post',
    path: '/v1/sectors/{id}/simulate',
    operationId: 'simulateArrival',
    summary: 'What would happen to a conversation that arrives at a given time; changes nothing',
    tag,
    caller: 'person',
    can: ['read', 'Rotation'],
    params,
    body: simulationRequestSchema,
    answers: { 200: simulationSchema },
    handle: async (db, { deps, params: { id }, body, person, ability }) => {
      const sector = await visibleSector(db, ability, id);
      const at = body.at === undefined ? await presentTime(db, deps.platform.clock) : new Date(body.at);
      if (body.channelId && !isAdministrator(person) && person.hiddenChannels.includes(body.channelId))
        throw noSuch('channel', 'body.channelId');
      const arrival = { channelId: body.channelId ?? null, clientId: body.clientId ?? null };
      return { status: 200, body: await simulate(db, sector, at, arrival) };
    },
  }),
];
