/** What the report is made of: conversations and their timelines, as the API tells them. */

export interface TimelineItem {
  readonly at: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface PlayedConversation {
  readonly id: string;
  readonly status: string;
  readonly state: string | null;
  readonly outcome: { readonly name: string } | null;
  readonly timeline: readonly TimelineItem[];
}

/** The events with which an offer ends without acceptance. */
export const endings: Readonly<Record<string, 'declined' | 'expired' | 'revoked'>> = {
  'conversation.offer_declined': 'declined',
  'conversation.offer_expired': 'expired',
  'conversation.offer_revoked': 'revoked',
};
