import type { Platform } from '../database/unit.ts';
import type { ConversationPort, DispatchPort, SectorPort, WebhookEndPort } from '../workflows/ports.ts';
import { conversationSteps } from './conversationSteps.ts';
import { dispatchSteps } from './dispatchSteps.ts';
import { sectorSteps } from './sectorSteps.ts';
import { webhookEndSteps } from './webhooks/webhookSteps.ts';

/** Every activity of the routing task queue, on the given platform. */
export const createActivities = (
  platform: Platform,
): ConversationPort & SectorPort & WebhookEndPort & DispatchPort => ({
  ...conversationSteps(platform),
  ...sectorSteps(platform),
  ...webhookEndSteps(platform),
  ...dispatchSteps(platform),
});
