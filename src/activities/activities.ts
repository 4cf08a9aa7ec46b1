import type { Platform } from '../database/unit.ts';
import type { AvailabilityPort, ConversationPort, SectorPort, WebhookEndPort } from '../workflows/ports.ts';
import { availabilitySteps } from './availabilitySteps.ts';
import { conversationSteps } from './conversationSteps.ts';
import { sectorSteps } from './sectorSteps.ts';
import { webhookEndSteps } from './webhooks/webhookSteps.ts';

/** Every activity of the routing task queue, on the given platform. */
export const createActivities = (
  platform: Platform,
): ConversationPort & SectorPort & AvailabilityPort & WebhookEndPort => ({
  ...conversationSteps(platform),
  ...sectorSteps(platform),
  ...availabilitySteps(platform),
  ...webhookEndSteps(platform),
});
