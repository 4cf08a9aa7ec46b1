import { sql } from 'kysely';
import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { EventType } from '../../domain/conversation/events.ts';
import type { Actor } from '../../domain/conversation/explain.ts';
import { eventWords } from '../../domain/conversation/words.ts';
import type { DispatchId } from '../../domain/ids.ts';
import { namesIn } from '../conversations/names.ts';
import type { dispatchDetailSchema } from './schema.ts';

/** The newest so many are shown; nobody changes a dispatch that often. */
const shownAtMost = 200;

interface StoredChange {
  readonly type: EventType;
  readonly at: Date;
  readonly actor: Actor;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What happened to a dispatch, oldest first: who, when, from what to what. */
export async function historyOf(db: Db, id: DispatchId): Promise<z.input<typeof dispatchDetailSchema>['history']> {
  const { rows } = await sql<StoredChange>`
    select type, at, actor, data from (
      select e.ordinal, e.type, e.at, e.actor, e.data from event e
       where e.type like 'dispatch.%' and e.data->>'dispatchId' = ${id} order by e.ordinal desc limit ${shownAtMost}
    ) newest order by ordinal`.execute(db);
  const nameOf = await namesIn(db, rows);
  return rows.map(({ type, at, actor, data }) => {
    const name = 'id' in actor ? nameOf(actor.id) : null;
    return {
      at: at.toISOString(),
      type,
      actor: {
        kind: actor.kind === 'user' ? ('user' as const) : ('system' as const),
        ...('id' in actor ? { id: actor.id } : {}),
        ...(name === null ? {} : { name }),
      },
      summary: eventWords({ type, actor, data }, nameOf),
      changes: (data['changes'] ?? {}) as Record<string, unknown>,
    };
  });
}
