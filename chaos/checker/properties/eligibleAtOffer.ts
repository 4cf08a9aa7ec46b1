import { eachChoice } from '../choices.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { ineligible } from '../replay.ts';

/** R2, at the commit of the offer: offers and changes of a person lock the same row, so there is no room for tolerance. */
export const eligibleAtOffer: Property = {
  name: 'nobody is offered or given anything while unavailable, inactive, no agent of the sector or not on the channel’s list',
  rules: 'R2',
  check(snapshot) {
    const finding = new Finding();
    eachChoice(snapshot, ({ event, conversationId, agentId, sectorId, channelId }, world) => {
      const reason = ineligible(world, agentId, sectorId, channelId);
      finding.expect(
        reason === null,
        () => `${short(conversationId)} went at ${clock(event.at)} to ${short(agentId)}, who was ${reason}`,
      );
    });
    return finding;
  },
};
