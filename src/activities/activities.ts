import type { Platform } from '../database/unit.ts';
import type { ConversationPort, SectorPort, WebhookEndPort } from '../workflows/ports.ts';
import { conversationSteps } from './conversationSteps.ts';
import { sectorSteps } from './sectorSteps.ts';
import { webhookEndSteps } from './webhooks/webhookSteps.ts';

/** Every activity of the routing task queue, on the given platform. */
export const createActivities = (platform: Platform): ConversationPort & SectorPort & WebhookEndPort => ({
  ...conversationSteps(platform),
  ...sectorSteps(platform),
  ...webhookEndSteps(platform),
});
