import { sql } from 'kysely';
import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { AuditKind } from '../../domain/access/audit.ts';
import type { UserId } from '../../domain/ids.ts';
import type { auditListQuery } from './schema.ts';

export interface AuditRow {
  readonly id: number;
  readonly at: Date;
  readonly actorId: UserId | null;
  readonly byKey: boolean;
  readonly requestId: string | null;
  readonly kind: AuditKind;
  readonly objectId: string;
  readonly relatedId: string | null;
  readonly objectName: string | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

type Filters = Omit<z.output<typeof auditListQuery>, 'limit' | 'cursor'>;

/** The newest changes first; one more than the page takes. */
export async function listAudit(
  db: Db,
  { actorId, kind, objectId, from, to }: Filters,
  page: { readonly limit: number; readonly before: { readonly at: string; readonly id: number } | null },
): Promise<readonly AuditRow[]> {
  const conditions = [
    sql`true`,
    ...(actorId ? [sql`actor_id = ${actorId}`] : []),
    ...(kind ? [sql`kind = ${kind}`] : []),
    ...(objectId ? [sql`(object_id = ${objectId} or related_id = ${objectId})`] : []),
    ...(from ? [sql`at >= ${from}::timestamptz`] : []),
    ...(to ? [sql`at < ${to}::timestamptz`] : []),
    ...(page.before ? [sql`(at, id) < (${page.before.at}::timestamptz, ${page.before.id}::bigint)`] : []),
  ];
  const { rows } = await sql<AuditRow>`
    select id, at, actor_id as "actorId", exists (select 1 from api_key k where k.user_id = actor_id) as "byKey", request_id as "requestId", kind, object_id as "objectId",
           related_id as "relatedId", object_name as "objectName", before, after
      from audit where ${sql.join(conditions, sql` and `)}
     order by at desc, id desc limit ${page.limit + 1}`.execute(db);
  return rows;
}

const anId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every id in a value, however deep. */
function idsIn(value: unknown): string[] {
  if (typeof value === 'string') return anId.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(idsIn) : [];
}

/** The ids that an entry speaks of. */
export const idsOf = ({ actorId, objectId, relatedId, before, after }: AuditRow): string[] =>
  idsIn([actorId, objectId, relatedId, before, after]);

/** What these ids are called now, whatever they are of. */
export async function namesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const among = sql`id = any(${wanted}::uuid[])`;
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from users where ${among}
    union all select id, name from sector where ${among}
    union all select id, name from channel where ${among}
    union all select id, name from permission_group where ${among}
    union all select id, name from outcome where ${among}
    union all select id, name from automation_rule where ${among}
    union all select id, name from tag where ${among}
    union all select id, label from custom_field where ${among}
    union all select id, name from variable where ${among}
    union all select id, name from saved_filter where ${among}
    union all select id, name from organization where ${among}
    union all select id, name from contact where ${among} and name is not null`.execute(db);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
