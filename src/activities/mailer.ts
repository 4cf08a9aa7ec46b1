import { createTransport } from 'nodemailer';
import type { OutgoingMail } from '../database/steps/accounts/sendMail.ts';
import type { Delivery } from '../domain/access/mail.ts';

/** What carries mails to the mail server. */
export interface Mailer {
  /** Hands over one mail; never throws: whatever goes wrong is told by the answer. */
  send(mail: OutgoingMail): Promise<Delivery>;
}

export interface MailServer {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: string;
  /** The sender: `Rodízio <rodizio@company.example>`, or the address alone. */
  readonly from: string;
}

/** Hands mails to an SMTP server, a connection for each; less than a minute for all of it, however slow the server is. */
export function createMailer({ url, from }: MailServer): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
  return {
    async send({ id, to, subject, text }) {
      try {
        await transport.sendMail({
          from,
          to,
          subject,
          text,
          // The same at every try, so that a mail that went out twice can be known as one.
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
        return { kind: 'accepted' };
      } catch (error) {
        return deliveryOf(error);
      }
    },
  };
}

/** What stands in for a mail server where none is configured: mails wait. */
export const noMailServer: Mailer = {
  send: () =>
    Promise.resolve({
      kind: 'deferred',
      code: null,
      reason: 'no mail server is configured: set SMTP_URL and MAIL_FROM',
      perhapsTaken: false,
    }),
};

/** What nodemailer says of a failure. */
interface SmtpFailure {
  readonly code?: string;
  /** The socket's own code, where `code` is nodemailer's. */
  readonly originalCode?: string;
  readonly timeoutType?: string;
  readonly response?: string;
  readonly responseCode?: number;
  readonly permanent?: boolean;
  readonly message: string;
}

function deliveryOf(error: unknown): Delivery {
  const failure = error as SmtpFailure;
  const reason = (failure.response ?? failure.message).slice(0, 500);
  const code = failure.responseCode ?? null;
  // Refused is a mail only by a word about its sender, its recipient or its text: a sign-in that fails, say, is for the
  // operator to mend, and the mail waits for that.
  const isAboutTheMail = failure.code === 'EENVELOPE' || failure.code === 'EMESSAGE';
  if (isAboutTheMail && failure.permanent && code !== null) return { kind: 'refused', code, reason };
  return { kind: 'deferred', code, reason, perhapsTaken: code === null && !neverGotThere(failure) };
}

/** Whether the server surely has nothing of it. A connection that broke off later may have brought all of it. */
const neverGotThere = ({ code, originalCode, timeoutType }: SmtpFailure): boolean =>
  ['EDNS', 'ETLS', 'EAUTH', 'ENOAUTH'].includes(code ?? '') ||
  ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'].includes(originalCode ?? '') ||
  ['CONNECT_TIMEOUT', 'GREETING_TIMEOUT'].includes(timeoutType ?? '');
