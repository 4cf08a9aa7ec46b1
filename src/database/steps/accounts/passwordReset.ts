import type { Unit } from '../../unit.ts';
import { endSessions } from '../people/sessions.ts';
import { revokeLinks, useLink } from './links.ts';
import { writeMail } from './mails.ts';

/**
 * Somebody asks for a new password for an address. Whether anybody has it is looked up when the mail is sent: here the
 * same is done for every address, so that neither the answer nor its time tells who exists.
 */
export const askForPasswordReset = (unit: Unit, email: string): Promise<void> =>
  writeMail(unit, { kind: 'password-reset', userId: null, linkId: null, recipient: email });

/**
 * Gives a user another password and ends all of their sessions, and every other link to a new password.
 * @throws Refusal `not-found`, `link-used`, `link-revoked`, `link-expired`
 */
export async function resetPassword(
  unit: Unit,
  input: { readonly token: string; readonly passwordHash: string },
): Promise<void> {
  const { userId } = await useLink(unit, 'password-reset', input.token);
  await unit.db.updateTable('users').set({ passwordHash: input.passwordHash }).where('id', '=', userId).execute();
  await endSessions(unit, userId);
  await revokeLinks(unit, userId, ['password-reset']);
}
