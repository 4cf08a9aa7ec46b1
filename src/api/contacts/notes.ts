import { sql } from 'kysely';
import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { lockVisibleContact } from '../../database/steps/contacts/lockContact.ts';
import { contactId, contactNoteId, type ContactNoteId, newId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, page, pageOf, pageQuery, placeOfCursor } from '../schemas.ts';
import { findContact } from './rows.ts';
import { contactNoteSchema, newContactNoteSchema } from './schema.ts';

const tag = 'Contacts';
const params = byId(contactId);
const place = z.tuple([z.iso.datetime(), contactNoteId]);

const notes = (db: Db) =>
  db
    .selectFrom('contact_note as n')
    .innerJoin('users as u', 'u.id', 'n.authorId')
    .select(['n.id', 'n.text', 'n.authorId', 'u.name as authorName', 'n.createdAt']);
type NoteRow = Awaited<ReturnType<ReturnType<typeof notes>['executeTakeFirstOrThrow']>>;

const present = (row: NoteRow): z.input<typeof contactNoteSchema> => ({
  id: row.id,
  text: row.text,
  author: { id: row.authorId, name: row.authorName },
  createdAt: row.createdAt.toISOString(),
});

export const contactNoteRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/contacts/{id}/notes',
    operationId: 'listContactNotes',
    summary: 'What colleagues wrote about a contact, newest first',
    tag,
    caller: 'person',
    can: ['read', 'Contact'],
    params,
    query: z.strictObject(pageQuery),
    answers: { 200: pageOf(contactNoteSchema).meta({ id: 'ContactNotePage' }) },
    async handle(db, { params: { id }, query: { limit, cursor }, person, ability }) {
      const after = cursor === undefined ? null : placeOfCursor(cursor, place);
      await findContact(db, { person, ability }, id);
      let rows = notes(db).where('n.contactId', '=', id);
      if (after) rows = rows.where(sql<boolean>`(n.created_at, n.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`);
      const found = await rows
        .orderBy('n.createdAt', 'desc')
        .orderBy('n.id', 'desc')
        .limit(limit + 1)
        .execute();
      return { status: 200, body: page(found, limit, present, (row) => [row.createdAt.toISOString(), row.id]) };
    },
  }),
  write({
    method: 'post',
    path: '/v1/contacts/{id}/notes',
    operationId: 'createContactNote',
    summary: 'Write something about a contact, for colleagues',
    tag,
    caller: 'person',
    can: ['update', 'Contact'],
    params,
    body: newContactNoteSchema,
    answers: { 201: contactNoteSchema },
    async handle(unit, { params, body, person, ability }) {
      await lockVisibleContact(unit, { person, ability }, params.id);
      const id = newId<ContactNoteId>();
      await unit.db
        .insertInto('contact_note')
        .values({ id, contactId: params.id, authorId: person.userId, text: body.text, createdAt: await unit.now() })
        .execute();
      return { status: 201, body: present(await notes(unit.db).where('n.id', '=', id).executeTakeFirstOrThrow()) };
    },
  }),
];
