import { z } from 'zod';
import { auditKinds } from '../../domain/access/audit.ts';
import { userId } from '../../domain/ids.ts';
import { pageOf, pageQuery, timestamp } from '../schemas.ts';

const columns = z.record(z.string(), z.unknown()).nullable();

export const auditEntrySchema = z
  .object({
    id: z.int(),
    at: timestamp,
    actor: z
      .discriminatedUnion('kind', [
        z.object({ kind: z.literal('user'), id: userId, name: z.string() }),
        z.object({ kind: z.literal('api-key'), id: userId, name: z.string() }),
        z.object({ kind: z.literal('system') }),
      ])
      .meta({ description: 'Who did it; `system`: Rodízio itself, a contact’s message or a start of the platform.' }),
    requestId: z.string().nullable().meta({ description: '`X-Request-Id` of the request, where it was one.' }),
    kind: z.enum(auditKinds),
    objectId: z.uuid(),
    relatedId: z.uuid().nullable().meta({ description: 'The other side: of a membership, the user.' }),
    objectName: z.string().nullable().meta({ description: 'What it was called then; else what it is called now.' }),
    from: columns.meta({ description: 'What changed, as it was; `null` for what was created.' }),
    to: columns.meta({ description: 'The same afterwards; `null` for what was deleted. Secrets are not shown.' }),
    names: z
      .record(z.string(), z.string())
      .meta({ description: 'What the ids in this entry are called now, as far as they have a name.' }),
  })
  .meta({ id: 'AuditEntry', description: 'One change of a setting or a right.' });

export const auditPageSchema = pageOf(auditEntrySchema).meta({ id: 'AuditPage' });

const instant = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-11-22T12:00:00Z' });

export const auditListQuery = z.strictObject({
  ...pageQuery,
  actorId: userId.optional().meta({ description: 'Only what this user did.' }),
  kind: z.enum(auditKinds).optional(),
  objectId: z.uuid().optional().meta({ description: 'Only what was done to this object, on either side.' }),
  from: instant.optional().meta({ description: 'Not before this time.' }),
  to: instant.optional().meta({ description: 'Before this time.' }),
});
