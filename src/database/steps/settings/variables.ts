import type { InferEntity } from '@mikro-orm/postgresql';
import { sql } from 'kysely';
import { placeholderOf } from '../../../domain/conversation/placeholders.ts';
import { notFound, Refusal } from '../../../domain/errors.ts';
import { newId, type RuleId, type SectorId, type VariableId } from '../../../domain/ids.ts';
import type { Variable } from '../../entities/variables.ts';
import { uniqueOr } from '../../failures.ts';
import type { Unit } from '../../unit.ts';

export type VariableRow = InferEntity<typeof Variable>;

/** Adds a variable. @throws Refusal `name-taken` */
export async function createVariable(
  unit: Unit,
  input: Pick<VariableRow, 'name' | 'value' | 'description'>,
): Promise<VariableRow> {
  const row: VariableRow = { id: newId<VariableId>(), ...input, createdAt: await unit.now() };
  await uniqueOr(
    'variable_name_unique',
    () => new Refusal('name-taken', 'There is a variable of this name.'),
    unit.db.insertInto('variable').values(row).execute(),
  );
  return row;
}

/** Gives a variable another value: every text that names it says the new one from now on. @throws Refusal `not-found` */
export async function updateVariable(
  unit: Unit,
  id: VariableId,
  changes: Partial<Pick<VariableRow, 'value' | 'description'>>,
): Promise<VariableRow> {
  const before = await unit.db
    .selectFrom('variable')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!before) throw notFound('variable');
  if (Object.keys(changes).length === 0) return before;
  await unit.db.updateTable('variable').set(changes).where('id', '=', id).execute();
  return { ...before, ...changes };
}

/** Removes a variable that no text names. @throws Refusal `not-found`; `variable-in-use` with what names it */
export async function deleteVariable(unit: Unit, id: VariableId): Promise<void> {
  const held = await unit.db.selectFrom('variable').select('name').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!held) throw notFound('variable');
  const users = await whatNames(unit, held.name);
  if (users.organization || users.sectors.length > 0 || users.rules.length > 0) {
    throw new Refusal('variable-in-use', 'Texts name this variable; change them first.', { ...users });
  }
  await unit.db.deleteFrom('variable').where('id', '=', id).execute();
}

/** Names hold nothing that means something in a pattern but the dot before them. */
async function whatNames(unit: Unit, name: string) {
  const pattern = String.raw`\{\{\s*${placeholderOf(name).replace('.', String.raw`\.`)}\s*\}\}`;
  const { rows } = await sql<{ organization: boolean; sectors: SectorId[]; rules: RuleId[] }>`
    select exists (select 1 from organization o
                    where concat(o.auto_reply->>'text', ' ', o.email_signature) ~ ${pattern}) as organization,
           array(select s.id from sector s where s.deleted_at is null
                    and concat(s.direction_message, ' ', s.auto_reply->>'text') ~ ${pattern} order by 1) as sectors,
           array(select r.id from automation_rule r where r.actions::text ~ ${pattern} order by 1) as rules`.execute(
    unit.db,
  );
  return rows[0]!;
}
