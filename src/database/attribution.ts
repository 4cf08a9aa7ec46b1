import { type RawBuilder, sql } from 'kysely';
import type { UserId } from '../domain/ids.ts';
import type { Unit } from './unit.ts';

/**
 * Says, until the end of the transaction, who makes its changes: what the triggers of the audit write down. A part of
 * a list of selected columns, so that a statement which reads who acts says it along. Outside of a transaction it says
 * nothing.
 */
export const attributedTo = (actor: RawBuilder<unknown>, requestId: string | null): RawBuilder<unknown> =>
  sql`set_config('rodizio.actor', ${actor}::text, true), set_config('rodizio.request', ${requestId ?? ''}::text, true)`;

/** The same in a statement of its own, where nothing else reads who acts. */
export async function attribute(unit: Unit, actorId: UserId, requestId: string | null = null): Promise<void> {
  await sql`select ${attributedTo(sql`${actorId}`, requestId)}`.execute(unit.db);
}
