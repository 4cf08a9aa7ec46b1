import type { Platform } from '../database/unit.ts';
import type {
  AvailabilityPort,
  ConversationPort,
  DispatchPort,
  JobPort,
  SectorPort,
  WebhookEndPort,
} from '../workflows/ports.ts';
import { availabilitySteps } from './availabilitySteps.ts';
import { conversationSteps } from './conversationSteps.ts';
import { dispatchSteps } from './dispatchSteps.ts';
import { jobSteps } from './jobSteps.ts';
import { sectorSteps } from './sectorSteps.ts';
import { webhookEndSteps } from './webhooks/webhookSteps.ts';

/** Every activity of the routing task queue, on the given platform. */
export const createActivities = (
  platform: Platform,
): ConversationPort & SectorPort & DispatchPort & AvailabilityPort & JobPort & WebhookEndPort => ({
  ...conversationSteps(platform),
  ...sectorSteps(platform),
  ...availabilitySteps(platform),
  ...jobSteps(platform),
  ...webhookEndSteps(platform),
  ...dispatchSteps(platform),
});
