import type { MailKind } from '../../../domain/access/mail.ts';
import { type LinkId, type MailId, newId, type UserId } from '../../../domain/ids.ts';
import type { Unit } from '../../unit.ts';

export interface NewMail {
  readonly kind: MailKind;
  /** `null`: whose address it is will be looked up when it is sent. */
  readonly userId: UserId | null;
  readonly linkId: LinkId | null;
  readonly recipient: string;
}

/** Writes a mail into the step's transaction; it goes out after the commit, and waits while the mail server is away. */
export async function writeMail(unit: Unit, mail: NewMail): Promise<void> {
  const id = newId<MailId>();
  await unit.db
    .insertInto('mail')
    .values({
      id,
      ...mail,
      state: 'waiting',
      reason: null,
      attempts: 0,
      createdAt: await unit.now(),
      sentAt: null,
      seenAt: null,
    })
    .execute();
  unit.wake({ workflow: 'mail', targetId: id, signal: 'mailWritten' });
}
