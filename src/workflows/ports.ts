import type {
  AbsenceStanding,
  JobStanding,
  QueuePlace,
  SectorStanding,
  Standing,
} from '../domain/conversation/standing.ts';
import type { MailEnd } from '../domain/access/mail.ts';
import type { DispatchStanding } from '../domain/dispatch/standing.ts';
import type {
  AvailabilityInput,
  ConversationInput,
  DispatchInput,
  JobInput,
  MailInput,
  SectorInput,
  WebhookCallInput,
} from './protocol.ts';

/** What a conversation's workflow asks of the database. */
export interface ConversationPort {
  /** Does what time has brought, and says where the conversation stands. Doing it again changes nothing. */
  advance(input: ConversationInput): Promise<Standing>;
}

/** What a sector's workflow asks of the database. */
export interface SectorPort {
  /** Notes and announces whether the sector is open now, and says when that changes. */
  observeHours(input: SectorInput): Promise<SectorStanding>;
  /**
   * Serves those who wait, in the order of the queue, a bounded number at a call; `everyone`: also tells those whose
   * timers hang on the sector's settings. Returns where to go on, `null` when done.
   */
  serveQueue(
    input: SectorInput & { readonly everyone: boolean; readonly from: QueuePlace | null },
  ): Promise<QueuePlace | null>;
}

/** What a dispatch's workflow asks of the database. */
export interface DispatchPort {
  /** Tells what is due of the dispatch, and says how it stands. Doing it again changes nothing. */
  watchDispatch(input: DispatchInput): Promise<DispatchStanding>;
}

/** What the workflow of somebody's absence asks of the database. */
export interface AvailabilityPort {
  /** Ends the absence if its time has come, and says when to look again. Doing it again changes nothing. */
  endAbsence(input: AvailabilityInput): Promise<AbsenceStanding>;
}

/** What the workflow of a long work asks of the database. */
export interface JobPort {
  /** Works through some pages, each in one transaction, and says what is left. Doing it again goes on where it stopped. */
  workJob(input: JobInput): Promise<JobStanding>;
}

/** What a mail's workflow asks of what leads out of the machine. */
export interface MailPort {
  /**
   * Hands the mail to the mail server, and says how it ended. Tried until the server takes it or refuses it for good;
   * a repeat whose first try was not noted sends it again, under the same Message-ID.
   */
  sendMail(input: MailInput): Promise<MailEnd>;
}

/** What the workflow of a rule's call asks of what leads out of the machine. */
export interface WebhookPort {
  /** Makes the call and notes that it was taken; fails when it was not. */
  callWebhook(input: WebhookCallInput): Promise<void>;
}

/** What it asks of the database when nobody took the call. */
export interface WebhookEndPort {
  /** Gives the call up and reports it with its rule. Doing it again changes nothing. */
  endWebhookCall(input: WebhookCallInput): Promise<void>;
}
