import type { MikroORM } from '@mikro-orm/postgresql';
import { dbOf } from '../../database/db.ts';
import { databaseClock } from '../../database/clock.ts';
import { abilityOf } from '../../domain/access/ability.ts';
import type { PresentConversations } from '../live/reader.ts';
import { presentConversations } from './presenter.ts';

/** The present state of conversations for one reader of the live stream, with the reader's rights. */
export const presentNow =
  (orm: MikroORM, suggestions = false): PresentConversations =>
  async (person, ids) => {
    const db = dbOf(orm.em.fork());
    const viewer = { person, ability: abilityOf(person, person), clock: databaseClock, suggestions };
    return presentConversations(db, viewer, ids);
  };
