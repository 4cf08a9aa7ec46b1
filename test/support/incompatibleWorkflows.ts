import { sleep } from '@temporalio/workflow';
import { conversation as presentConversation } from '../../src/workflows/conversation.ts';
import type { ConversationInput, SectorInput } from '../../src/workflows/protocol.ts';
import { sector as presentSector } from '../../src/workflows/sector.ts';

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
