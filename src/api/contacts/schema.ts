import { z } from 'zod';
import { contactSources } from '../../database/entities/contacts.ts';
import { contactActions } from '../../domain/contact/portfolio.ts';
import { channelId, clientId, contactId, contactNoteId, userId } from '../../domain/ids.ts';
import { personSchema } from '../conversations/schema.ts';
import { clientNameSchema } from '../clients/schema.ts';
import { fieldChanges, longText, pageOf, pageQuery, tagName, tagNames, timestamp } from '../schemas.ts';

/** Shapes of the contact resource. */

const name = longText(200).min(1, 'must not be empty');
const email = z.email('must be an e-mail address').max(254, 'must have at most 254 characters');
const origin = longText(120)
  .min(1, 'must not be empty')
  .meta({ description: 'Where the contact heard of the company (lead source).', example: 'Instagram' });

export const contactSchema = z
  .object({
    id: contactId,
    name: z.string().nullable(),
    externalId: z
      .string()
      .meta({ description: 'A telephone number, a document, or the id of a visitor of `channelId`.' }),
    channelId: channelId.nullable().meta({
      description: '`null`: a telephone number, known on every WhatsApp channel, or a document, known at every desk.',
    }),
    email: z.string().nullable(),
    origin: z.string().nullable(),
    source: z.enum(contactSources).meta({ description: 'They wrote, a person noted them, or they were imported.' }),
    tags: z.array(z.string()),
    customFields: z.record(z.string(), z.string()),
    client: clientNameSchema.nullable().meta({ description: 'The client account on whose behalf they write.' }),
    owner: personSchema.nullable().meta({ description: 'Whose portfolio the contact is in.' }),
    ownerSince: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp.nullable(),
    forgottenAt: timestamp
      .nullable()
      .meta({ description: 'Since when nothing is known of the person any more; `null` of everybody else.' }),
    allowed: z.array(z.enum(contactActions)).meta({ description: 'What the caller may do with it.' }),
  })
  .meta({ id: 'Contact' });
export const contactPageSchema = pageOf(contactSchema).meta({ id: 'ContactPage' });

export const contactListQuery = z.strictObject({
  ...pageQuery,
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Part of the name, the external id or the e-mail address, in any case of letters.' }),
  tag: tagName.optional(),
  origin: origin.optional(),
  source: z.enum(contactSources).optional(),
  clientId: clientId.optional(),
  ownerId: z
    .union([z.literal('none'), userId])
    .optional()
    .meta({ description: 'The portfolio of this person, or `none`: in no portfolio.' }),
});

export const newContactSchema = z
  .strictObject({
    name: name.nullable().default(null),
    externalId: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(200, 'must have at most 200 characters')
      .meta({ description: 'A telephone number with its country; of another channel, its own id of the visitor.' }),
    channelId: channelId
      .optional()
      .meta({ description: 'The channel whose visitor it is; not for telephone numbers.' }),
    email: email.nullable().default(null),
    origin: origin.nullable().default(null),
    tags: tagNames.default([]),
    customFields: fieldChanges.default({}),
    clientId: clientId.nullable().default(null).meta({ description: 'On whose behalf they write.' }),
    ownerId: userId.nullable().default(null).meta({ description: 'Whose portfolio it goes to.' }),
  })
  .meta({ id: 'NewContact' });

export const contactChangesSchema = z
  .strictObject({
    name: name.nullable(),
    email: email.nullable(),
    origin: origin.nullable(),
    clientId: clientId.nullable(),
    tags: tagNames,
    customFields: fieldChanges,
  })
  .partial()
  .meta({ id: 'ContactChanges' });

export const portfolioSchema = z
  .object({ contactId, owner: personSchema, ownerSince: timestamp })
  .meta({ id: 'Portfolio', description: 'No more than this: whoever gave the contact away may see it no longer.' });
export const portfolioChangeSchema = z.strictObject({ ownerId: userId }).meta({ id: 'PortfolioChange' });

export const contactNoteSchema = z
  .object({ id: contactNoteId, text: z.string(), author: personSchema, createdAt: timestamp })
  .meta({ id: 'ContactNote' });
export const newContactNoteSchema = z
  .strictObject({ text: longText(4_000).min(1, 'must not be empty') })
  .meta({ id: 'NewContactNote' });
