import { z } from 'zod';
import { rowOutcomes } from '../../database/entities/jobs.ts';
import { jobStates } from '../../domain/conversation/standing.ts';
import { channelId, contactId, jobId } from '../../domain/ids.ts';
import { pageOf, pageQuery, timestamp } from '../schemas.ts';

export const uploadQuery = z.strictObject({
  channelId: channelId
    .optional()
    .meta({ description: 'The channel whose visitors they are; not for telephone numbers.' }),
});

const count = z.number().int();

export const importSchema = z
  .object({
    id: jobId,
    state: z.enum(jobStates),
    stoppedBecause: z
      .string()
      .nullable()
      .meta({ description: '`no-permission`: whoever sent the file may no longer import.' }),
    columns: z.array(z.string()),
    total: count.meta({ description: 'Rows of the file, empty ones left out.' }),
    imported: count,
    updated: count.meta({ description: 'Rows about contacts that were there.' }),
    refused: count,
    pending: count,
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
    allowed: z.array(z.enum(['cancel'])),
  })
  .meta({ id: 'ContactImport' });

export const importRowSchema = z
  .object({
    row: count.meta({ description: 'As a spreadsheet counts: 2 is the first below the names of the columns.' }),
    outcome: z.enum(rowOutcomes),
    contactId: contactId.nullable(),
    wrong: z
      .array(z.object({ column: z.string(), reason: z.string() }))
      .meta({ description: 'Each wrong cell, and what would be right; without a column it is the whole row.' }),
    cells: z.array(z.string()).nullable().meta({ description: 'Of a refused row, for whoever mends it.' }),
  })
  .meta({ id: 'ContactImportRow' });
export const importRowPageSchema = pageOf(importRowSchema).meta({ id: 'ContactImportRowPage' });

export const importRowQuery = z.strictObject({
  ...pageQuery,
  outcome: z.enum(rowOutcomes).optional(),
  format: z.enum(['json', 'csv']).optional().meta({ description: 'Counts before `Accept`. CSV has all rows at once.' }),
});
