import { defineEntity, p } from '@mikro-orm/postgresql';
import type { SavedFilterId, SectorId } from '../../domain/ids.ts';
import { User } from './people.ts';

/** A choice of conversations that somebody keeps for themself or for everybody (product, section E). */
export const SavedFilter = defineEntity({
  name: 'SavedFilter',
  tableName: 'saved_filter',
  properties: {
    id: p.uuid().$type<SavedFilterId>().primary(),
    ownerId: () => p.manyToOne(User).mapToPk().fieldName('owner_id').deleteRule('restrict').index(),
    name: p.text(),
    /** Everybody may use it; only its owner and administrators change it. */
    shared: p.boolean(),
    tag: p.text().nullable(),
    /** No reference: a filter keeps no sector from being deleted, and finds nothing in one that was. */
    sectorId: p.uuid().$type<SectorId>().nullable(),
    /** Part of a subject. */
    subject: p.text().nullable(),
    createdAt: p.datetime(3),
  },
});
