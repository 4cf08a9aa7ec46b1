import { defineEntity, p } from '@mikro-orm/postgresql';
import type { JobState } from '../../domain/conversation/standing.ts';
import type { ImportColumn, WrongCell } from '../../domain/contact/importRow.ts';
import type { ContactId, JobId, UserId } from '../../domain/ids.ts';
import { User } from './people.ts';

/** What a long work does, as it was asked for. */
export type JobDetails =
  | {
      readonly kind: 'portfolio-move';
      readonly fromOwnerId: UserId;
      readonly toOwnerId: UserId;
      readonly tag: string | null;
      readonly origin: string | null;
      readonly source: string | null;
    }
  | {
      readonly kind: 'contact-import';
      readonly namespace: string;
      readonly columns: readonly ImportColumn[];
    };

/** Work that is too long for one transaction: a workflow goes through it page by page. */
export const Job = defineEntity({
  name: 'Job',
  tableName: 'job',
  properties: {
    id: p.uuid().$type<JobId>().primary(),
    state: p.text().$type<JobState>(),
    details: p.json<JobDetails>(),
    /** Why it ended before its end. */
    stoppedBecause: p.text().nullable(),
    total: p.integer(),
    done: p.integer(),
    createdById: () => p.manyToOne(User).mapToPk().fieldName('created_by_id').deleteRule('restrict'),
    createdAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
  },
  indexes: [{ name: 'job_unended', properties: ['createdAt'], where: 'ended_at is null' }],
});

export const rowOutcomes = ['pending', 'imported', 'updated', 'refused'] as const;
export type RowOutcome = (typeof rowOutcomes)[number];

/** A row of a file of contacts, and what became of it. */
export const ContactImportRow = defineEntity({
  name: 'ContactImportRow',
  tableName: 'contact_import_row',
  properties: {
    jobId: () => p.manyToOne(Job).mapToPk().primary().fieldName('job_id').deleteRule('cascade'),
    /** As a spreadsheet counts: 2 is the first below the names of the columns. */
    number: p.integer().primary(),
    /** Kept until the row is done, and of a refused one for whoever mends it. */
    cells: p.json<readonly string[]>().nullable(),
    /** Who it is, in the form that tells contacts from each other; `null`: it cannot be told. */
    identity: p.text().nullable(),
    outcome: p.text().$type<RowOutcome>(),
    contactId: p.uuid().$type<ContactId>().nullable(),
    wrong: p.json<readonly WrongCell[]>().nullable(),
  },
  indexes: [
    { name: 'contact_import_row_pending', properties: ['jobId', 'number'], where: "outcome = 'pending'" },
    { name: 'contact_import_row_identity', properties: ['jobId', 'identity'], where: 'identity is not null' },
  ],
});
