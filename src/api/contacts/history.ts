import { sql } from 'kysely';
import { z } from 'zod';
import { readableConversations } from '../../database/visible.ts';
import { contactId, conversationId } from '../../domain/ids.ts';
import { presentRows } from '../conversations/presenter.ts';
import { readConversations } from '../conversations/rows.ts';
import { conversationSchema } from '../conversations/schema.ts';
import { read } from '../route.ts';
import { byId, page, pageOf, pageQuery, placeOfCursor } from '../schemas.ts';
import { findContact } from './rows.ts';

/** How far back the history of a contact is shown (product, D8). */
const months = 20;
const place = z.tuple([z.iso.datetime(), conversationId]);

export const readContactHistory = read({
  method: 'get',
  path: '/v1/contacts/{id}/conversations',
  operationId: 'listContactConversations',
  summary: `The conversations of a contact in the last ${months} months, as far as the caller may see them, newest first`,
  tag: 'Contacts',
  caller: 'person',
  can: ['read', 'Contact'],
  params: byId(contactId),
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(conversationSchema) },
  async handle(db, { deps, params: { id }, query: { limit, cursor }, person, ability }) {
    const after = cursor === undefined ? null : placeOfCursor(cursor, place);
    await findContact(db, { person, ability }, id);
    const conditions = [
      sql`c.contact_id = ${id} and c.created_at > clock_timestamp() - make_interval(months => ${months})`,
      readableConversations(ability),
      ...(after ? [sql`(c.created_at, c.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`] : []),
    ];
    const rows = await readConversations(db, {
      shelves: null,
      where: sql.join(conditions, sql` and `),
      orderBy: sql`c.created_at desc, c.id desc`,
      limit: limit + 1,
    });
    const presented = await presentRows(
      db,
      { person, ability, clock: deps.platform.clock, suggestions: deps.suggestions !== null },
      rows,
    );
    return {
      status: 200,
      body: page(
        presented,
        limit,
        (conversation) => conversation,
        (last) => [last.createdAt, last.id],
      ),
    };
  },
});
