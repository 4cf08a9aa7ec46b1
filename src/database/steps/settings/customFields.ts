import type { InferEntity } from '@mikro-orm/postgresql';
import type { FieldDefinition, FieldSubject } from '../../../domain/contact/customFields.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import { type CustomFieldId, newId } from '../../../domain/ids.ts';
import type { Db } from '../../db.ts';
import type { CustomField } from '../../entities/contacts.ts';
import { uniqueOr } from '../../failures.ts';
import type { Unit } from '../../unit.ts';

export type CustomFieldRow = InferEntity<typeof CustomField>;
export type NewCustomField = Pick<CustomFieldRow, 'subject' | 'key' | 'label' | 'type' | 'options'>;

/** The fields that are defined for a subject, archived ones among them, in the order of their creation. */
export async function fieldsOf(db: Db, subject: FieldSubject): Promise<FieldDefinition[]> {
  const rows = await db
    .selectFrom('custom_field')
    .select(['key', 'type', 'options', 'archivedAt'])
    .where('subject', '=', subject)
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
  return rows.map(({ archivedAt, ...row }) => ({ ...row, archived: archivedAt !== null }));
}

/** Defines a field. @throws Refusal `name-taken`, `invalid-request` for options where there are none to be */
export async function createCustomField(unit: Unit, field: NewCustomField): Promise<CustomFieldRow> {
  assertOptions(field.type, field.options);
  const row: CustomFieldRow = { ...field, id: newId<CustomFieldId>(), createdAt: await unit.now(), archivedAt: null };
  await uniqueOr(
    'custom_field_key_unique',
    () => new Refusal('name-taken', 'There is a field with this key.'),
    unit.db.insertInto('custom_field').values(row).execute(),
  );
  return row;
}

/**
 * Changes what a field is called, what may be chosen, and whether it takes new values. Key and type stay: values that
 * are there would mean something else.
 * @throws Refusal `not-found`, `invalid-request`
 */
export async function updateCustomField(
  unit: Unit,
  id: CustomFieldId,
  changes: {
    readonly label?: string | undefined;
    readonly options?: readonly string[] | undefined;
    readonly archived?: boolean | undefined;
  },
): Promise<CustomFieldRow> {
  const before = await unit.db
    .selectFrom('custom_field')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!before) throw notFound('custom field');
  const options = changes.options ? [...changes.options] : before.options;
  assertOptions(before.type, options);
  const archivedAt =
    changes.archived === undefined
      ? (before.archivedAt ?? null)
      : changes.archived
        ? (before.archivedAt ?? (await unit.now()))
        : null;
  const changed = { label: changes.label ?? before.label, options, archivedAt };
  await unit.db.updateTable('custom_field').set(changed).where('id', '=', id).execute();
  return { ...before, ...changed };
}

function assertOptions(type: CustomFieldRow['type'], options: readonly string[]): void {
  if ((type === 'select') === options.length > 0) return;
  const reason = type === 'select' ? 'name at least one: a select chooses among them' : 'only a select has options';
  throw new Refusal('invalid-request', 'The options do not fit the type.', {
    errors: [{ path: 'body.options', reason }],
  });
}
