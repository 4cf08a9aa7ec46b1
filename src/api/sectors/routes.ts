import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { loadSectors } from '../../database/repositories/sectors.ts';
import { archiveSector, restoreSector } from '../../database/steps/settings/archiveSector.ts';
import { widenKeys } from '../../database/steps/settings/apiKeys.ts';
import { createSector } from '../../database/steps/settings/createSector.ts';
import { deleteSector } from '../../database/steps/settings/deleteSector.ts';
import { orderSectors } from '../../database/steps/settings/orderSectors.ts';
import type { SectorChanges } from '../../database/steps/settings/sectorSettings.ts';
import { updateSector } from '../../database/steps/settings/updateSector.ts';
import { type Clock, presentTime } from '../../database/clock.ts';
import { notFound } from '../../domain/errors.ts';
import { sectorId, type SectorId } from '../../domain/ids.ts';
import type { RoutingRanges } from '../../domain/routing/settings.ts';
import { type Answer, read, type Route, write } from '../route.ts';
import { byId, given, page, placeOfCursor } from '../schemas.ts';
import { changedDistribution, changedOwnership } from './distribution.ts';
import { changedAutoReply, changedHours } from './hours.ts';
import { presentSector } from './presenter.ts';
import { findSector, listSectors, type SectorRow } from './rows.ts';
import {
  newSectorSchema,
  sectorChangesSchema,
  sectorListQuery,
  sectorOrderSchema,
  sectorPageSchema,
  sectorSchema,
} from './schema.ts';

const tag = 'Sectors';
const params = byId(sectorId);
const place = z.tuple([z.int(), sectorId]);

async function shown(db: Db, clock: Clock, person: Person, id: SectorId, status = 200): Promise<Answer> {
  const row = await findSector(db, person, id);
  if (!row) throw notFound('sector');
  const configs = await loadSectors(db, [id]);
  return { status, body: presentSector(row, configs.get(id), await presentTime(db, clock)) };
}

/** The changes of a request as settings of the database, nested ones merged into what stands. */
const merged =
  (body: z.output<typeof sectorChangesSchema>, ranges: RoutingRanges) =>
  (present: SectorRow): SectorChanges => {
    const { distribution, hours, autoReply, ...texts } = body;
    return {
      ...given(texts),
      ...(distribution && {
        distribution: {
          ...settingsOf(changedDistribution({ ...present, capacity: present.capacity ?? null }, distribution, ranges)),
          ...changedOwnership(distribution),
        },
      }),
      ...(hours === undefined ? {} : { hours: changedHours(present.hours ?? null, hours) }),
      ...(autoReply === undefined
        ? {}
        : { autoReply: autoReply && changedAutoReply(present.autoReply ?? null, autoReply) }),
    };
  };

/** The settings alone, out of a row that holds more. */
const settingsOf = ({
  mode,
  offerTimeoutMs,
  distributionLimitMs,
  overflow,
  capacity,
  cherryPicking,
}: ReturnType<typeof changedDistribution>) => ({
  mode,
  offerTimeoutMs,
  distributionLimitMs,
  overflow,
  capacity,
  cherryPicking,
});

const archiving = (name: 'archive' | 'restore', summary: string): Route =>
  write({
    method: 'post',
    path: `/v1/sectors/{id}/${name}`,
    operationId: `${name}Sector`,
    summary,
    tag,
    caller: 'person',
    can: ['update', 'Sector'],
    params,
    answers: { 200: sectorSchema },
    refusals: ['sector-in-use'],
    handle: async (unit, { deps, params: { id }, person }) => {
      await (name === 'archive' ? archiveSector(unit, id) : restoreSector(unit, id));
      return shown(unit.db, deps.platform.clock, person, id);
    },
  });

export const sectorRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/sectors',
    operationId: 'listSectors',
    summary: 'My sectors in their order; for administrators all',
    tag,
    caller: 'person',
    can: ['read', 'Sector'],
    query: sectorListQuery,
    answers: { 200: sectorPageSchema },
    handle: async (db, { deps, query: { limit, cursor, deleted }, person }) => {
      const from = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await listSectors(db, person, {
        deleted,
        limit,
        after: from && { position: from[0], id: from[1] },
      });
      const configs = await loadSectors(
        db,
        rows.map(({ id }) => id),
      );
      const now = await presentTime(db, deps.platform.clock);
      const present = (row: SectorRow) => presentSector(row, configs.get(row.id), now);
      return { status: 200, body: page(rows, limit, present, (row) => [row.position, row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/sectors',
    operationId: 'createSector',
    summary: 'Create a sector',
    tag,
    caller: 'person',
    can: ['create', 'Sector'],
    body: newSectorSchema,
    answers: { 201: sectorSchema },
    refusals: ['name-taken', 'settings-out-of-range'],
    handle: async (unit, { deps, body, person }) => {
      const defaults = await unit.db.selectFrom('organization').select('distribution').executeTakeFirstOrThrow();
      const { name, color, distribution = {}, autoReply, description, directionMessage, hours } = body;
      const id = await createSector(unit, {
        name,
        color,
        ...given({ description, directionMessage, hours }),
        distribution: {
          ...changedDistribution(defaults.distribution, distribution, deps.ranges),
          reopenWindowMs: 0,
          portfolioAssigns: false,
          responseTimeoutMs: null,
          responseAction: 'tell-supervisor',
          absenceGraceMs: null,
          ...changedOwnership(distribution),
        },
        autoReply: autoReply ? changedAutoReply(null, autoReply) : null,
      });
      await widenKeys(unit, id, person.userId);
      return shown(unit.db, deps.platform.clock, person, id, 201);
    },
  }),
  read({
    method: 'get',
    path: '/v1/sectors/{id}',
    operationId: 'getSector',
    summary: 'One sector',
    tag,
    caller: 'person',
    can: ['read', 'Sector'],
    params,
    answers: { 200: sectorSchema },
    handle: (db, { deps, params: { id }, person }) => shown(db, deps.platform.clock, person, id),
  }),
  write({
    method: 'patch',
    path: '/v1/sectors/{id}',
    operationId: 'updateSector',
    summary: 'Change a sector; running conversations follow',
    tag,
    caller: 'person',
    can: ['update', 'Sector'],
    params,
    body: sectorChangesSchema,
    answers: { 200: sectorSchema },
    refusals: ['name-taken', 'settings-out-of-range'],
    handle: async (unit, { deps, params: { id }, body, person }) => {
      await updateSector(unit, id, merged(body, deps.ranges));
      return shown(unit.db, deps.platform.clock, person, id);
    },
  }),
  write({
    method: 'delete',
    path: '/v1/sectors/{id}',
    operationId: 'deleteSector',
    summary: 'Delete a sector on which nothing depends; it is kept, hidden, for its closed conversations',
    tag,
    caller: 'person',
    can: ['delete', 'Sector'],
    params,
    answers: { 204: null },
    refusals: ['sector-in-use'],
    handle: async (unit, { params: { id } }) => {
      await deleteSector(unit, id);
      return { status: 204 };
    },
  }),
  archiving('archive', 'Take no new conversations any more; nothing may lead there. Those that run are finished'),
  archiving('restore', 'Take conversations again'),
  write({
    method: 'put',
    path: '/v1/sectors/order',
    operationId: 'orderSectors',
    summary: 'Put the sectors into another order',
    tag,
    caller: 'person',
    can: ['update', 'Sector'],
    body: sectorOrderSchema,
    answers: { 204: null },
    handle: async (unit, { body }) => {
      await orderSectors(unit, body.ids);
      return { status: 204 };
    },
  }),
];
