import { replay, type World } from './replay.ts';
import type { Story } from './story.ts';
import type { Decision, EventRow, OfferRow, Snapshot } from './snapshot.ts';

/** An agent chosen for a conversation: an offer, or an assignment by the rotation. */
export interface Choice {
  readonly event: EventRow;
  readonly conversationId: string;
  readonly agentId: string;
  readonly sectorId: string;
  readonly channelId: string;
  readonly direct: boolean;
  readonly round: number;
  readonly decision: Decision;
  readonly offer: OfferRow | null;
}

/** Walks every choice in the order of commits, with the world and the story as they were just before it. */
export function eachChoice(snapshot: Snapshot, visit: (choice: Choice, world: World, story: Story) => void): World {
  const offers = new Map(snapshot.offers.map((offer) => [offer.id, offer]));
  return replay(snapshot, (event, world, story) => {
    if (!story || !event.after || !event.conversationId) return;
    const base = { event, conversationId: event.conversationId, channelId: event.after.channelId };
    if (event.type === 'conversation.offered') {
      const offer = offers.get(event.data['offerId'] as string);
      if (!offer) return;
      const { agentId, sectorId, direct, round, decision } = offer;
      visit({ ...base, agentId, sectorId, direct, round, decision, offer }, world, story);
    }
    if (event.type === 'conversation.assigned' && event.data['how'] === 'automatic') {
      const decision = event.data['decision'] as Decision & { readonly direct: string | null; readonly round: number };
      const direct = decision.direct !== null && decision.considered.length === 1;
      const agentId = event.data['ownerId'] as string;
      visit(
        { ...base, agentId, sectorId: event.after.sectorId, direct, round: decision.round, decision, offer: null },
        world,
        story,
      );
    }
  });
}

/** A step reads before it commits: what changed this shortly before may have been seen either way. */
export const UNDER_WAY_MS = 5_000;
