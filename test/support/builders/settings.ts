import {
  type CustomFieldId,
  newId,
  type RuleId,
  type SavedFilterId,
  type SectorId,
  type TagId,
  type UserId,
  type VariableId,
} from '../../../src/domain/ids.ts';
import type { CustomField, Tag } from '../../../src/database/entities/contacts.ts';
import type { AutomationRule } from '../../../src/database/entities/rules.ts';
import type { SavedFilter } from '../../../src/database/entities/savedFilters.ts';
import type { Variable } from '../../../src/database/entities/variables.ts';
import type { Platform } from '../../../src/database/unit.ts';
import { laterThanTheLast, queries, type Row, unique } from './rows.ts';

/** A rule that gives every new conversation to a sector. */
export async function createRule(
  platform: Platform,
  sector: { readonly id: SectorId },
  overrides: Partial<Row<typeof AutomationRule>> = {},
): Promise<Row<typeof AutomationRule>> {
  const rule: Row<typeof AutomationRule> = {
    id: newId<RuleId>(),
    position: 1,
    name: unique('Regra'),
    description: null,
    event: 'conversation.created',
    waitingSeconds: null,
    match: 'all',
    conditions: [{ kind: 'always' }],
    actions: [{ kind: 'assign-to-sector', sectorId: sector.id }],
    evenIfOwned: false,
    active: true,
    webhookSecret: 'rzw_test',
    lastError: null,
    lastErrorAt: null,
    createdAt: laterThanTheLast(),
    ...overrides,
  };
  await queries(platform).insertInto('automation_rule').values(rule).execute();
  return rule;
}

/** A tag of the list. */
export async function createTag(
  platform: Platform,
  overrides: Partial<Row<typeof Tag>> = {},
): Promise<Row<typeof Tag>> {
  const tag: Row<typeof Tag> = {
    id: newId<TagId>(),
    name: unique('vip'),
    color: '#64748b',
    createdAt: laterThanTheLast(),
    archivedAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('tag').values(tag).execute();
  return tag;
}

/** A text field of contacts, unless said otherwise. */
export async function createCustomField(
  platform: Platform,
  overrides: Partial<Row<typeof CustomField>> = {},
): Promise<Row<typeof CustomField>> {
  const field: Row<typeof CustomField> = {
    id: newId<CustomFieldId>(),
    subject: 'contact',
    key: unique('contrato').replaceAll('-', '_'),
    label: 'Contrato',
    type: 'text',
    options: [],
    createdAt: laterThanTheLast(),
    archivedAt: null,
    ...overrides,
  };
  await queries(platform).insertInto('custom_field').values(field).execute();
  return field;
}

/** A variable that texts may name. */
export async function createVariable(
  platform: Platform,
  overrides: Partial<Row<typeof Variable>> = {},
): Promise<Row<typeof Variable>> {
  const variable: Row<typeof Variable> = {
    id: newId<VariableId>(),
    name: unique('horario').replaceAll('-', '_'),
    value: 'das 9h às 18h',
    description: null,
    createdAt: laterThanTheLast(),
    ...overrides,
  };
  await queries(platform).insertInto('variable').values(variable).execute();
  return variable;
}

/** A filter by a tag, for everybody. */
export async function createSavedFilter(
  platform: Platform,
  owner: { readonly id: UserId },
  overrides: Partial<Row<typeof SavedFilter>> = {},
): Promise<Row<typeof SavedFilter>> {
  const filter: Row<typeof SavedFilter> = {
    id: newId<SavedFilterId>(),
    ownerId: owner.id,
    name: unique('Filtro'),
    shared: true,
    tag: 'vip',
    sectorId: null,
    subject: null,
    createdAt: laterThanTheLast(),
    ...overrides,
  };
  await queries(platform).insertInto('saved_filter').values(filter).execute();
  return filter;
}
