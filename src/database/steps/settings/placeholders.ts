import { sql } from 'kysely';
import { placeholderOf, placeholdersIn } from '../../../domain/conversation/placeholders.ts';
import { type Mistake, Refusal } from '../../../domain/errors.ts';
import type { Unit } from '../../unit.ts';

/** A text that is about to be stored, and where it stands in the request. */
export interface WrittenText {
  readonly path: string;
  readonly text: string | null | undefined;
}

/**
 * The placeholders of texts that stand for nothing. The variables that they name are held, so that none is deleted
 * before these texts are seen to use it.
 */
export async function unknownPlaceholders(unit: Unit, texts: readonly WrittenText[]): Promise<Mistake[]> {
  const used = texts.flatMap(({ path, text }) => placeholdersIn(text ?? '').map((name) => ({ path, name })));
  if (used.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from variable order by id for key share`.execute(unit.db);
  const known = ['organization.name', ...rows.map(({ name }) => placeholderOf(name))];
  return used
    .filter(({ name }) => !known.includes(name))
    .map(({ path, name }) => ({
      path,
      reason: `there is no {{${name}}}; there are ${known.map((one) => `{{${one}}}`).join(', ')}`,
    }));
}

/** @throws Refusal `invalid-request` that names each placeholder which stands for nothing, and those that there are */
export async function assertPlaceholders(unit: Unit, texts: readonly WrittenText[]): Promise<void> {
  const errors = await unknownPlaceholders(unit, texts);
  if (errors.length > 0) throw new Refusal('invalid-request', 'A text names something that there is not.', { errors });
}
