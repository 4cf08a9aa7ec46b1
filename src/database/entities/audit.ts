import { defineEntity, p } from '@mikro-orm/postgresql';
import type { AuditKind } from '../../domain/access/audit.ts';
import type { UserId } from '../../domain/ids.ts';

/**
 * One change of a setting or a right, written by triggers on the tables themselves: whatever way a change took, it is
 * here. Rows are added and never changed; the database refuses anything else.
 */
export const Audit = defineEntity({
  name: 'Audit',
  tableName: 'audit',
  properties: {
    id: p.bigint('number').autoincrement().primary(),
    at: p.datetime(3),
    /** The user or API key that did it; `null`: the system. No reference: what was noted stays as it is. */
    actorId: p.uuid().$type<UserId>().nullable(),
    requestId: p.text().nullable(),
    kind: p.text().$type<AuditKind>(),
    objectId: p.uuid(),
    /** The other side of what joins two things: of a membership, the user. */
    relatedId: p.uuid().nullable(),
    /** What it was called then, where it has a name; never a contact's. */
    objectName: p.text().nullable(),
    /** The columns that changed, as they were; `null` for what was created. */
    before: p.json<Record<string, unknown>>().nullable(),
    /** The same columns afterwards; `null` for what was deleted. */
    after: p.json<Record<string, unknown>>().nullable(),
  },
  indexes: [
    { properties: ['at', 'id'] },
    { properties: ['actorId', 'at'] },
    { properties: ['objectId', 'at'] },
    { properties: ['relatedId', 'at'] },
  ],
});
