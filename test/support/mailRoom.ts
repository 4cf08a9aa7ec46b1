import { createMailer } from '../../src/activities/mailer.ts';
import { mailSteps } from '../../src/activities/mailSteps.ts';
import { linkLifetimeMs, type LinkPurpose } from '../../src/domain/access/links.ts';
import { type LinkId, type MailId, newId, type UserId } from '../../src/domain/ids.ts';
import { hashSecret, newSecret } from '../../src/database/secrets.ts';
import type { Platform } from '../../src/database/unit.ts';
import { queries } from './builders.ts';
import type { MailServer } from './mailServer.ts';

export const consoleUrl = 'https://console.test';

/** Sends every mail that waits, by the real activity and over SMTP; what is deferred stays. */
export async function sendWaiting(platform: Platform, server: Pick<MailServer, 'url'>): Promise<void> {
  const mailer = createMailer({ url: server.url, from: 'Rodízio <rodizio@test.example>' });
  const { sendMail } = mailSteps(platform, mailer, consoleUrl);
  const waiting = await queries(platform).selectFrom('mail').select('id').where('state', '=', 'waiting').execute();
  for (const { id } of waiting) {
    await sendMail({ mailId: id }).catch((error: unknown) => {
      // Temporal would try it again.
      if ((error as { readonly type?: string }).type !== 'MailDeferred') throw error;
    });
  }
}

const prefixes = { invitation: 'rzi', 'password-reset': 'rzp', 'email-change': 'rze' } as const;

/** A link whose mail has arrived, without any mail. @returns its token */
export async function createLink(
  platform: Platform,
  user: { readonly id: UserId; readonly email: string },
  purpose: LinkPurpose,
  overrides: { readonly email?: string; readonly expiresAt?: Date } = {},
): Promise<string> {
  const id = newId<LinkId>();
  const token = newSecret(prefixes[purpose]);
  const createdAt = new Date();
  const db = queries(platform);
  await db
    .insertInto('account_link')
    .values({
      id,
      userId: user.id,
      purpose,
      email: user.email,
      wantedById: null,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + linkLifetimeMs[purpose]),
      usedAt: null,
      revokedAt: null,
      ...overrides,
    })
    .execute();
  await db
    .insertInto('link_token')
    .values({ tokenHash: hashSecret(token), linkId: id })
    .execute();
  return token;
}

/** A notice that waits for the mail server, without any step. */
export async function createMail(
  platform: Platform,
  user: { readonly id: UserId; readonly email: string },
): Promise<{ readonly id: MailId }> {
  const id = newId<MailId>();
  await queries(platform)
    .insertInto('mail')
    .values({
      id,
      kind: 'email-changed',
      userId: user.id,
      linkId: null,
      recipient: user.email,
      state: 'waiting',
      reason: null,
      attempts: 0,
      createdAt: new Date(),
      sentAt: null,
      seenAt: null,
    })
    .execute();
  return { id };
}
