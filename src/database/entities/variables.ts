import { defineEntity, p } from '@mikro-orm/postgresql';
import type { VariableId } from '../../domain/ids.ts';

/** A text of the organisation that others name: `{{variable.opening_hours}}`. */
export const Variable = defineEntity({
  name: 'Variable',
  tableName: 'variable',
  properties: {
    id: p.uuid().$type<VariableId>().primary(),
    /** Texts name it by this; never changes. */
    name: p.text().unique('variable_name_unique'),
    value: p.text(),
    description: p.text().nullable(),
    createdAt: p.datetime(3),
  },
});
