import { transact } from '../database/transact.ts';
import type { Platform } from '../database/unit.ts';
import { advance } from '../database/steps/advance.ts';
import type { ConversationId } from '../domain/ids.ts';
import type { ConversationPort } from '../workflows/ports.ts';

/** A conversation's steps for its workflow: one transaction each. */
export const conversationSteps = (platform: Platform): ConversationPort => ({
  async advance({ conversationId }) {
    const standing = await transact(platform, (unit) => advance(unit, conversationId as ConversationId));
    platform.crash('before-completion');
    return standing;
  },
});
