import { sleep } from '@temporalio/workflow';
import { availability as presentAvailability } from '../../src/workflows/availability.ts';
import { conversation as presentConversation } from '../../src/workflows/conversation.ts';
import { job as presentJob } from '../../src/workflows/job.ts';
import { mail as presentMail } from '../../src/workflows/mail.ts';
import { dispatch as presentDispatch } from '../../src/workflows/dispatch.ts';
import type {
  AvailabilityInput,
  ConversationInput,
  DispatchInput,
  JobInput,
  MailInput,
  SectorInput,
  WebhookCallInput,
} from '../../src/workflows/protocol.ts';
import { sector as presentSector } from '../../src/workflows/sector.ts';
import { webhookCall as presentWebhookCall } from '../../src/workflows/webhookCall.ts';

/** A change that breaks running conversations: it waits before the first step, and no `patched` says so. */
export async function conversation(input: ConversationInput): Promise<void> {
  await sleep('1 minute');
  return presentConversation(input);
}

/** The same for sectors. */
export async function sector(input: SectorInput): Promise<void> {
  await sleep('1 minute');
  return presentSector(input);
}

/** And for mails. */
export async function mail(input: MailInput): Promise<void> {
  await sleep('1 minute');
  return presentMail(input);
}

/** And for the calls of rules. */
export async function webhookCall(input: WebhookCallInput): Promise<void> {
  await sleep('1 minute');
  return presentWebhookCall(input);
}

/** And for dispatches. */
export async function dispatch(input: DispatchInput): Promise<void> {
  await sleep('1 minute');
  return presentDispatch(input);
}

/** And for absences. */
export async function availability(input: AvailabilityInput): Promise<void> {
  await sleep('1 minute');
  return presentAvailability(input);
}

/** And for long works. */
export async function job(input: JobInput): Promise<void> {
  await sleep('1 minute');
  return presentJob(input);
}
