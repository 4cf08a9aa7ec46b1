import type { Platform } from '../database/unit.ts';
import type { ConversationPort, SectorPort } from '../workflows/ports.ts';
import { conversationSteps } from './conversationSteps.ts';
import { sectorSteps } from './sectorSteps.ts';

/** Every activity of the routing task queue, on the given platform. */
export const createActivities = (platform: Platform): ConversationPort & SectorPort => ({
  ...conversationSteps(platform),
  ...sectorSteps(platform),
});
