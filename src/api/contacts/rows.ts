import { type RawBuilder, sql } from 'kysely';
import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { ContactSource } from '../../database/entities/contacts.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { visibleContacts } from '../../database/visible.ts';
import type { AppAbility } from '../../domain/access/ability.ts';
import { documentNamespace, forgottenNamespace, phoneNamespace } from '../../domain/contact/identity.ts';
import { allowedContactActions } from '../../domain/contact/portfolio.ts';
import { notFound } from '../../domain/errors.ts';
import type { ClientId, ContactId, UserId } from '../../domain/ids.ts';
import { containing } from '../schemas.ts';
import type { contactListQuery, contactSchema } from './schema.ts';

/** For whom contacts are read. */
export interface Reader {
  readonly person: Person;
  readonly ability: AppAbility;
}

interface ContactRow {
  readonly id: ContactId;
  readonly namespace: string;
  readonly external_id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly origin: string | null;
  readonly source: ContactSource;
  readonly tags: string[];
  readonly custom_fields: Record<string, string>;
  readonly owner_id: UserId | null;
  readonly owner_name: string | null;
  readonly client_id: ClientId | null;
  readonly client_name: string | null;
  readonly owner_since: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date | null;
  readonly forgotten_at: Date | null;
}

/** Newest first. Rights are a condition like the others. */
async function readContacts(db: Db, conditions: readonly RawBuilder<unknown>[], limit: number): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow>`
    select k.id, k.namespace, k.external_id, k.name, k.email, k.origin, k.source, k.tags, k.custom_fields, k.owner_id,
           k.client_id, (select c.name from client c where c.id = k.client_id) as client_name,
           u.name as owner_name, k.owner_since, k.created_at, k.updated_at, k.forgotten_at
      from contact k left join users u on u.id = k.owner_id
     where ${sql.join(conditions, sql` and `)}
     order by k.created_at desc, k.id desc limit ${limit}`.execute(db);
  return rows;
}

type Filters = Omit<z.output<typeof contactListQuery>, 'limit' | 'cursor'>;

/** A page of what the reader sees, one more than it takes. */
export function listContacts(
  db: Db,
  { person, ability }: Reader,
  { q, tag, origin, source, ownerId, clientId }: Filters,
  page: { readonly limit: number; readonly after: readonly [createdAt: string, id: ContactId] | null },
): Promise<ContactRow[]> {
  const like = q && containing(q);
  return readContacts(
    db,
    [
      visibleContacts(ability, person),
      ...(page.after ? [sql`(k.created_at, k.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::uuid)`] : []),
      ...(like ? [sql`(k.name ilike ${like} or k.external_id ilike ${like} or k.email ilike ${like})`] : []),
      ...(tag ? [sql`exists (select 1 from unnest(k.tags) t where lower(t) = lower(${tag}))`] : []),
      ...(origin ? [sql`lower(k.origin) = lower(${origin})`] : []),
      ...(source ? [sql`k.source = ${source}`] : []),
      ...(clientId ? [sql`k.client_id = ${clientId}`] : []),
      ...(ownerId ? [ownerId === 'none' ? sql`k.owner_id is null` : sql`k.owner_id = ${ownerId}`] : []),
    ],
    page.limit + 1,
  );
}

/** @throws Refusal `not-found`, whether it does not exist or is not the reader's to see */
export async function findContact(db: Db, { person, ability }: Reader, id: ContactId): Promise<ContactRow> {
  const [row] = await readContacts(db, [sql`k.id = ${id}`, visibleContacts(ability, person)], 1);
  if (!row) throw notFound('contact');
  return row;
}

/** For whoever just created it: they know what they wrote, also where it now belongs to a colleague. */
export async function createdContact(db: Db, id: ContactId): Promise<ContactRow> {
  const [row] = await readContacts(db, [sql`k.id = ${id}`], 1);
  if (!row) throw new Error(`Contact ${id} was created and is not there`);
  return row;
}

export const presentContact =
  ({ person }: Reader) =>
  (row: ContactRow): z.input<typeof contactSchema> => ({
    id: row.id,
    name: row.name,
    externalId: row.external_id,
    channelId: [phoneNamespace, documentNamespace, forgottenNamespace].includes(row.namespace) ? null : row.namespace,
    email: row.email,
    origin: row.origin,
    source: row.source,
    tags: row.tags,
    customFields: row.custom_fields,
    client: row.client_id && { id: row.client_id, name: row.client_name ?? '' },
    owner: row.owner_id && { id: row.owner_id, name: row.owner_name ?? '' },
    ownerSince: row.owner_since?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at?.toISOString() ?? null,
    forgottenAt: row.forgotten_at?.toISOString() ?? null,
    allowed: allowedContactActions(person, row.owner_id),
  });
