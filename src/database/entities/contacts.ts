import { defineEntity, p } from '@mikro-orm/postgresql';
import type { FieldSubject, FieldType } from '../../domain/contact/customFields.ts';
import type { ContactId, ContactNoteId, CustomFieldId, TagId } from '../../domain/ids.ts';
import { Client } from './groups.ts';
import { User } from './people.ts';
import { TextArray } from './textArray.ts';

/** How a contact came to be known. */
export const contactSources = ['channel', 'person', 'import'] as const;
export type ContactSource = (typeof contactSources)[number];

/** The person who writes. One and the same on every channel of a namespace (`phone`, or a channel of its own). */
export const Contact = defineEntity({
  name: 'Contact',
  tableName: 'contact',
  properties: {
    id: p.uuid().$type<ContactId>().primary(),
    namespace: p.text(),
    externalId: p.text(),
    name: p.text().nullable(),
    /** A person wrote the name: what a channel says of it no longer counts. */
    nameGiven: p.boolean().default(false),
    email: p.text().nullable(),
    /** Where the contact heard of the company (lead source), in the company's own words. */
    origin: p.text().nullable(),
    source: p.text().$type<ContactSource>().default('channel'),
    tags: p.type(TextArray).columnType('text[]').defaultRaw(`'{}'`),
    customFields: p.json<Record<string, string>>().defaultRaw(`'{}'`),
    /** R29: whose portfolio the contact is in. */
    ownerId: () => p.manyToOne(User).mapToPk().fieldName('owner_id').nullable().deleteRule('restrict'),
    ownerSince: p.datetime(3).nullable(),
    /** The client account on whose behalf they write. */
    clientId: () => p.manyToOne(Client).mapToPk().fieldName('client_id').nullable().deleteRule('restrict'),
    createdById: () => p.manyToOne(User).mapToPk().fieldName('created_by_id').nullable().deleteRule('restrict'),
    createdAt: p.datetime(3),
    updatedAt: p.datetime(3).nullable(),
    /** Since when nothing is known of the person any more. */
    forgottenAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'contact_identity_unique', properties: ['namespace', 'externalId'] }],
  indexes: [
    // Parts of names, numbers and addresses are found by it. Where the extension may not be created there is none, and a
    // search reads every contact.
    {
      name: 'contact_search',
      expression:
        'create index "contact_search" on "contact" using gin ("name" gin_trgm_ops, "external_id" gin_trgm_ops, "email" gin_trgm_ops)',
    },
    { name: 'contact_newest', properties: ['createdAt', 'id'] },
    { name: 'contact_owner', properties: ['ownerId', 'id'], where: 'owner_id is not null' },
    { name: 'contact_client', properties: ['clientId', 'createdAt', 'id'], where: 'client_id is not null' },
    { name: 'contact_creator', properties: ['createdById'], where: 'created_by_id is not null and owner_id is null' },
  ],
});

/** What people wrote about a contact, for colleagues. */
export const ContactNote = defineEntity({
  name: 'ContactNote',
  tableName: 'contact_note',
  properties: {
    id: p.uuid().$type<ContactNoteId>().primary(),
    contactId: () => p.manyToOne(Contact).mapToPk().fieldName('contact_id').deleteRule('cascade'),
    authorId: () => p.manyToOne(User).mapToPk().fieldName('author_id').deleteRule('restrict'),
    text: p.text(),
    createdAt: p.datetime(3),
  },
  indexes: [{ name: 'contact_note_newest', properties: ['contactId', 'createdAt', 'id'] }],
});

/** A word that conversations and contacts are marked with; they carry its name. */
export const Tag = defineEntity({
  name: 'Tag',
  tableName: 'tag',
  properties: {
    id: p.uuid().$type<TagId>().primary(),
    name: p.text(),
    color: p.text(),
    createdAt: p.datetime(3),
    /** Stays where it is, and is put on nothing more. */
    archivedAt: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'tag_name_unique', expression: 'create unique index "tag_name_unique" on "tag" (lower("name"))' }],
});

/** What may be noted of contacts or conversations beside what every one of them has. */
export const CustomField = defineEntity({
  name: 'CustomField',
  tableName: 'custom_field',
  properties: {
    id: p.uuid().$type<CustomFieldId>().primary(),
    subject: p.text().$type<FieldSubject>(),
    /** The name under which values are kept; never changes. */
    key: p.text(),
    label: p.text(),
    type: p.text().$type<FieldType>(),
    /** Of a `select`: its values in their order. */
    options: p.type(TextArray).columnType('text[]'),
    createdAt: p.datetime(3),
    /** Values stay, and no new ones are taken. */
    archivedAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'custom_field_key_unique', properties: ['subject', 'key'] }],
});
