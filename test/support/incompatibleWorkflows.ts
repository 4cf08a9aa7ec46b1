import { sleep } from '@temporalio/workflow';
import { conversation as present } from '../../src/workflows/conversation.ts';
import type { ConversationInput } from '../../src/workflows/protocol.ts';

export { mail } from '../../src/workflows/mail.ts';
export { sector } from '../../src/workflows/sector.ts';
export { webhookCall } from '../../src/workflows/webhookCall.ts';

/** A change that breaks running conversations: it waits before the first step, and no `patched` says so. */
export async function conversation(input: ConversationInput): Promise<void> {
  await sleep('1 minute');
  return present(input);
}
