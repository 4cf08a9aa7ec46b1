import { sql } from 'kysely';
import { z } from 'zod';
import { readableConversations } from '../../database/visible.ts';
import type { RoutingState } from '../../domain/conversation/state.ts';
import type { SectorId } from '../../domain/ids.ts';
import { read } from '../route.ts';
import { pageOf } from '../schemas.ts';
import { listQuery, orderingOf, selectionOf, viewCondition } from './filters.ts';
import { presentRows } from './presenter.ts';
import { readConversations } from './rows.ts';
import { savedPartsOf } from './savedFilter.ts';
import { conversationSchema } from './schema.ts';

/** Three statements in all: who calls, the page, the hours of its sectors; one more for a saved filter. */
export const listConversations = read({
  method: 'get',
  path: '/v1/conversations',
  operationId: 'listConversations',
  summary: 'The conversations that the caller may see',
  tag: 'Conversations',
  caller: 'person',
  query: listQuery,
  answers: { 200: pageOf(conversationSchema) },
  async handle(db, { deps, query, person, ability }) {
    const ordering = orderingOf(query);
    const saved = await savedPartsOf(db, query, person);
    const { shelves, where } = selectionOf(query, person, ability, saved);
    const rows = await readConversations(db, {
      shelves,
      where: query.cursor ? sql`${where} and ${ordering.after(query.cursor)}` : where,
      orderBy: ordering.orderBy,
      limit: query.limit + 1,
    });
    const shown = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? shown.at(-1) : undefined;
    return {
      status: 200,
      body: {
        items: await presentRows(
          db,
          { person, ability, clock: deps.platform.clock, suggestions: deps.suggestions !== null },
          shown,
        ),
        nextCursor: last ? ordering.cursorAfter(last) : null,
      },
    };
  },
});

const count = z.number().int();
const countsSchema = z
  .object({
    new: count,
    mine: count,
    sector: count,
    open: count,
    all: count,
    sectors: z.record(z.string(), z.object({ waiting: count, offered: count, open: count, assigned: count })).meta({
      description: 'By sector: what the caller may see of it.',
    }),
  })
  .meta({ id: 'ConversationCounts' });

interface CountRow {
  readonly sector_id: SectorId;
  readonly state: RoutingState;
  readonly all: number;
  readonly new: number;
  readonly mine: number;
  readonly sector: number;
  readonly open: number;
}

/** The numbers beside the views, with the very conditions of the lists; two statements. */
export const countConversations = read({
  method: 'get',
  path: '/v1/conversations/counts',
  operationId: 'countConversations',
  summary: 'How many active conversations each view and each sector shows the caller',
  tag: 'Conversations',
  caller: 'person',
  answers: { 200: countsSchema },
  async handle(db, { person, ability }) {
    const { rows } = await sql<CountRow>`
      select c.sector_id, c.state, count(*)::int as all,
             count(*) filter (where ${viewCondition('new', person)})::int as new,
             count(*) filter (where ${viewCondition('mine', person)})::int as mine,
             count(*) filter (where ${viewCondition('sector', person)})::int as sector,
             count(*) filter (where ${viewCondition('open', person)})::int as open
        from conversation c
       where c.status = 'active' and ${readableConversations(ability)}
       group by c.sector_id, c.state`.execute(db);
    const total = (view: 'new' | 'mine' | 'sector' | 'open' | 'all') => rows.reduce((sum, row) => sum + row[view], 0);
    const sectors: Record<string, Record<RoutingState, number>> = {};
    for (const id of person.memberOf) sectors[id] = { waiting: 0, offered: 0, open: 0, assigned: 0 };
    for (const row of rows) {
      sectors[row.sector_id] ??= { waiting: 0, offered: 0, open: 0, assigned: 0 };
      sectors[row.sector_id]![row.state] = row.all;
    }
    return {
      status: 200,
      body: {
        new: total('new'),
        mine: total('mine'),
        sector: total('sector'),
        open: total('open'),
        all: total('all'),
        sectors,
      },
    };
  },
});
