import { linkPurposes } from './links.ts';

/**
 * Mails to people of the organisation: those that bring a link, and notices – that an address is no longer used, that
 * most of the month's messages have been sent.
 */
export const mailKinds = [...linkPurposes, 'email-changed', 'message-limit-near'] as const;
export type MailKind = (typeof mailKinds)[number];

/**
 * `waiting` to be taken by the mail server; `sent`; `failed`: the mail server refused it for good; `dropped`: what it
 * says was no longer true before it could go out.
 */
export const mailStates = ['waiting', 'sent', 'failed', 'dropped'] as const;
export type MailState = (typeof mailStates)[number];

/** How a mail ended, as its workflow shows it: no address, no text. */
export interface MailEnd {
  /** `gone`: there is no such row any more. */
  readonly state: Exclude<MailState, 'waiting'> | 'gone';
  /** The answer of the mail server that refused it. */
  readonly code: number | null;
}

/** What handing a mail to the mail server came to. `reason` is for administrators only: it may hold the address. */
export type Delivery =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  | {
      readonly kind: 'deferred';
      readonly code: number | null;
      readonly reason: string;
      /** The server may have taken it all the same, and only its answer was lost. */
      readonly perhapsTaken: boolean;
    };

/** A mail that the server keeps deferring is given up after five days, as mail servers do among themselves. */
export const giveUpAfterMs = 5 * 24 * 3_600_000;
