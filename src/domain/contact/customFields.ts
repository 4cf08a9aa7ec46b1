import { type Mistake, Refusal } from '../errors.ts';

/** What a field belongs to. */
export const fieldSubjects = ['contact', 'conversation'] as const;
export type FieldSubject = (typeof fieldSubjects)[number];

export const fieldTypes = ['text', 'number', 'date', 'boolean', 'select'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** A field as values are checked against it. */
export interface FieldDefinition {
  readonly key: string;
  readonly type: FieldType;
  /** Of a `select`: what may be chosen. */
  readonly options: readonly string[];
  readonly archived: boolean;
}

/** The values of a contact or conversation by key: texts in the one form that the type gives them. */
export type FieldValues = Readonly<Record<string, string>>;

const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
  new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

/** What is wrong with a value, as what would be right; `null` when nothing is. */
export function wrongValue({ type, options }: Pick<FieldDefinition, 'type' | 'options'>, value: string): string | null {
  switch (type) {
    case 'text':
      return null;
    case 'number':
      return /^-?\d{1,15}(\.\d{1,15})?$/.test(value) ? null : 'must be a number such as 12 or 12.5';
    case 'date':
      return isDate(value) ? null : 'must be a date such as 2026-12-31';
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'must be true or false';
    case 'select':
      return options.includes(value) ? null : `must be one of: ${options.join(', ')}`;
  }
}

/**
 * The values after a change: `null` removes one, one that is not named stays. From the first definition on only
 * defined fields are taken, in their type; without any definition every key takes a text.
 * @throws Refusal `invalid-request` with the path of each mistake and what would be right
 */
export function changedFields(
  definitions: readonly FieldDefinition[],
  present: FieldValues,
  changes: Readonly<Record<string, string | null>>,
  path: string,
): Record<string, string> {
  const byKey = new Map(definitions.map((definition) => [definition.key, definition]));
  const mistakes: Mistake[] = [];
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === present[key]) continue;
    const reason = definitions.length > 0 ? refusedBecause(byKey.get(key), definitions, value) : null;
    if (reason) mistakes.push({ path: `${path}.${key}`, reason });
  }
  if (mistakes.length > 0) throw new Refusal('invalid-request', 'Some fields are not valid.', { errors: mistakes });
  return Object.fromEntries(
    Object.entries({ ...present, ...changes })
      .filter((entry): entry is [string, string] => entry[1] !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function refusedBecause(
  definition: FieldDefinition | undefined,
  all: readonly FieldDefinition[],
  value: string,
): string | null {
  if (!definition) {
    const known = all.filter(({ archived }) => !archived).map(({ key }) => key);
    return `there is no such field; the fields are: ${known.join(', ') || 'none, all are archived'}`;
  }
  return definition.archived ? 'the field is archived: values can only be removed' : wrongValue(definition, value);
}

export const sameFields = (a: FieldValues, b: FieldValues): boolean => {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
};
