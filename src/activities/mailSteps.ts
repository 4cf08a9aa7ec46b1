import { ApplicationFailure } from '@temporalio/common';
import { prepareMail, recordDelivery } from '../database/steps/accounts/sendMail.ts';
import { transact } from '../database/transact.ts';
import type { Platform } from '../database/unit.ts';
import type { MailId } from '../domain/ids.ts';
import type { MailPort } from '../workflows/ports.ts';
import type { Mailer } from './mailer.ts';

/** Sends mails for their workflows: a transaction before, one after, and the mail server in between. */
export const mailSteps = (platform: Platform, mailer: Mailer, consoleUrl: string): MailPort => ({
  async sendMail({ mailId }) {
    const id = mailId as MailId;
    const prepared = await transact(platform, (unit) => prepareMail(unit, id, consoleUrl));
    if ('end' in prepared) return prepared.end;
    const delivery = await mailer.send(prepared.send);
    platform.crash('before-completion');
    const end = await transact(platform, (unit) => recordDelivery(unit, prepared.send, delivery));
    if (end) return end;
    // Its reason stands in the row: histories hold no address.
    const code = delivery.kind === 'deferred' && delivery.code !== null ? ` (${delivery.code})` : '';
    throw ApplicationFailure.retryable(`the mail server did not take it yet${code}`, 'MailDeferred');
  },
});
