import { sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import type { Person } from '../../database/repositories/principals.ts';
import type { InboundChannel } from '../../database/steps/beginConversation.ts';
import { registerWalkIn } from '../../database/steps/walkIn.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import { notFound } from '../../domain/errors.ts';
import { channelId, type ChannelId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId } from '../schemas.ts';
import { readBoard } from './board.ts';
import { boardSchema, newWalkInSchema, walkInChannelsSchema, walkInSchema } from './schema.ts';

const tag = 'In person';
const params = byId(channelId);

/** Active walk-in channels whose desk is the person's: of their sectors, and with them on the list if there is one. */
function desksOf(db: Db, person: Person) {
  const active = db
    .selectFrom('channel as ch')
    .innerJoin('sector as s', 's.id', 'ch.sectorId')
    .select(['ch.id', 'ch.slug', 'ch.name', 'ch.kind', 'ch.sectorId', 'ch.agentIds', 's.name as sectorName'])
    .where('ch.kind', '=', 'walk-in')
    .where('ch.active', '=', true);
  if (isAdministrator(person)) return active;
  return active.where(
    sql<boolean>`ch.sector_id = any(${person.memberOf}::uuid[]) and not (ch.id = any(${person.hiddenChannels}::uuid[]))`,
  );
}

/** @throws Refusal `not-found` for what is no walk-in channel, is not active, or is somebody else's desk */
async function deskOf(db: Db, person: Person, id: ChannelId): Promise<InboundChannel> {
  const found = await desksOf(db, person).where('ch.id', '=', id).executeTakeFirst();
  if (!found) throw notFound('active walk-in channel');
  return { ...found, agentIds: found.agentIds ?? null };
}

/** In-person service: tickets, and the board that calls them. */
export const walkInRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/walk-in-channels',
    operationId: 'listWalkInChannels',
    summary: 'The desks of the caller: active walk-in channels of their sectors',
    tag,
    caller: 'person',
    can: ['read', 'WalkIn'],
    answers: { 200: walkInChannelsSchema },
    async handle(db, { person }) {
      const rows = await desksOf(db, person).orderBy('ch.name').orderBy('ch.id').execute();
      const items = rows.map(({ id, name, sectorId, sectorName }) => ({
        id,
        name,
        sector: { id: sectorId, name: sectorName },
      }));
      return { status: 200, body: { items } };
    },
  }),
  write({
    method: 'post',
    path: '/v1/channels/{id}/walk-ins',
    operationId: 'registerWalkIn',
    summary: 'Give a ticket to somebody who came in person; they are distributed like everybody else',
    tag,
    caller: 'person',
    can: ['create', 'WalkIn'],
    params,
    body: newWalkInSchema,
    answers: { 200: walkInSchema, 201: walkInSchema },
    async handle(unit, { params: { id }, body, person, ability }) {
      const registered = await registerWalkIn(unit, await deskOf(unit.db, person, id), { person, ability }, body);
      return { status: registered.created ? 201 : 200, body: registered };
    },
  }),
  read({
    method: 'get',
    path: '/v1/channels/{id}/board',
    operationId: 'readTicketBoard',
    summary: 'The tickets that were called and those that wait, with their places',
    tag,
    caller: 'person',
    can: ['read', 'WalkIn'],
    params,
    answers: { 200: boardSchema },
    async handle(db, { params: { id }, person, ability }) {
      const { id: channel } = await deskOf(db, person, id);
      return { status: 200, body: await readBoard(db, channel, ability) };
    },
  }),
];
