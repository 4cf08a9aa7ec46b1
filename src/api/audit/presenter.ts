import type { z } from 'zod';
import { readableChange } from '../../domain/access/audit.ts';
import { type AuditRow, idsOf } from './rows.ts';
import type { auditEntrySchema } from './schema.ts';

type Entry = z.input<typeof auditEntrySchema>;

const columns = (change: AuditRow['before']) => (change ? (readableChange(change) as Entry['from']) : null);

/** A change in the words of the API, with what its ids are called now. */
export const presentEntry =
  (names: ReadonlyMap<string, string>) =>
  (row: AuditRow): Entry => ({
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actorId
      ? { kind: row.byKey ? 'api-key' : 'user', id: row.actorId, name: names.get(row.actorId) ?? '' }
      : { kind: 'system' },
    requestId: row.requestId,
    kind: row.kind,
    objectId: row.objectId,
    relatedId: row.relatedId,
    objectName: row.objectName ?? names.get(row.objectId) ?? null,
    from: columns(row.before),
    to: columns(row.after),
    names: Object.fromEntries(
      [...new Set(idsOf(row))].flatMap((id) => {
        const name = names.get(id);
        return name === undefined ? [] : [[id, name]];
      }),
    ),
  });
