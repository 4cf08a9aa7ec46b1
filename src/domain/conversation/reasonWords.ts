import type { Considered } from '../routing/considered.ts';
import type { DirectReason } from '../routing/distribution.ts';
import type { LostReason } from '../routing/offers.ts';
import type { OpenReason, WaitReason } from './state.ts';

/** R5: why a member got the conversation or was passed over, as the end of a sentence that begins with their name. */
export const outcomeWords: Record<Considered['outcome'] | LostReason, string> = {
  offered: 'was the first who could have it',
  'supervisor-only': 'is only supervisor in this sector and takes no part',
  inactive: 'is no longer active',
  unverified: 'has not verified the account yet',
  'no-permission': 'lacks the permission to accept conversations',
  unavailable: 'is not available',
  'not-in-channel': 'is not on the list of this channel',
  'not-in-client-group': 'is not in the client’s group',
  declined: 'declined this conversation before',
  'already-offered-this-round': 'had the offer in this round already',
  'returned-it': 'returned this conversation and is spared in the first round',
  'at-capacity': 'has as many conversations as allowed',
  'left-sector': 'is no longer a member of the sector',
};

/** What a waiting conversation waits for. */
export const waitWords: Record<WaitReason, string> = {
  'out-of-hours': 'until the sector opens',
  'no-capacity': 'for a place: everyone who could have it has as many conversations as allowed',
  manual: 'until a member takes it: the sector distributes by hand',
};

/** Why it was opened to the sector. */
export const openWords: Record<OpenReason, string> = {
  'limit-reached': 'the time limit of the distribution was reached',
  'nobody-available': 'nobody could be offered it',
  'declined-by-all': 'everyone who could have it declined',
  'response-timeout': 'its owner left the contact without an answer for too long',
};

/** Why somebody was tried before the rotation. */
export const directWords: Record<DirectReason, string> = {
  transfer: 'as the transfer asked',
  'last-owner': 'who had the contact’s last conversation',
  portfolio: 'who looks after the contact',
  rule: 'whom a rule names',
};

/** Why an owner lost a conversation by the sector's own times (R34, R35); a sentence that begins with their name. */
export const handedBackWords = {
  'response-timeout': 'left the contact without an answer for too long',
  'owner-absent': 'was gone for too long when the contact wrote',
} as const;
