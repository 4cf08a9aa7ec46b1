import { z } from 'zod';
import { loadSectors } from '../../database/repositories/sectors.ts';
import { presentTime } from '../../database/clock.ts';
import { sectorId } from '../../domain/ids.ts';
import { read, type Route } from '../route.ts';
import { page, pageOf, pageQuery, placeOfCursor } from '../schemas.ts';
import { openAt } from './presenter.ts';
import { listLiveSectors } from './rows.ts';
import { sectorSchema } from './schema.ts';

const entrySchema = sectorSchema
  .pick({ id: true, name: true, color: true, open: true })
  .meta({ id: 'SectorEntry', description: 'A sector as everybody knows it: where a conversation can be transferred.' });
const place = z.tuple([z.int(), sectorId]);

/** Whoever transfers has to name the target (R17): the one place where all sectors are shown to everybody. */
export const directoryRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/directory/sectors',
    operationId: 'listSectorDirectory',
    summary: 'All sectors by name, for a transfer; settings and queues stay with their members',
    tag: 'Sectors',
    caller: 'person',
    query: z.strictObject(pageQuery),
    answers: { 200: pageOf(entrySchema).meta({ id: 'SectorEntryPage' }) },
    handle: async (db, { deps, query: { limit, cursor } }) => {
      const from = cursor === undefined ? null : placeOfCursor(cursor, place);
      const rows = await listLiveSectors(db, { limit, after: from && { position: from[0], id: from[1] } });
      const configs = await loadSectors(
        db,
        rows.map(({ id }) => id),
      );
      const now = await presentTime(db, deps.platform.clock);
      const present = ({ id, name, color }: (typeof rows)[number]) => ({
        id,
        name,
        color,
        open: openAt(configs.get(id), now),
      });
      return { status: 200, body: page(rows, limit, present, (row) => [row.position, row.id]) };
    },
  }),
];
