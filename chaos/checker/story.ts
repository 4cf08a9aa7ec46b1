import type { EventRow, View } from './snapshot.ts';

/** What the events so far say of one conversation. */
export interface Story {
  readonly id: string;
  view: View | null;
  /** Why it waits. */
  waitsFor: string | null;
  /** Counts transfers and returns from 1. */
  distribution: number;
  /** The first offer or the first wait for a place of this distribution. */
  startedAt: number | null;
  round: number;
  had: Set<string>;
  declined: Set<string>;
  /** Who let it go last; `null`: the next offer comes from the arrow. */
  after: string | null;
  returnedBy: string | null;
  /** The sector to whose person a transfer has sent it, until that is decided (R18). */
  directTo: string | null;
  /** The offer that runs. */
  offer: { readonly agentId: string; readonly direct: boolean } | null;
}

/** Of a conversation of which nothing has been told yet. */
export const freshStory = (id: string): Story => ({
  id,
  view: null,
  waitsFor: null,
  ...freshDistribution(1),
  directTo: null,
  offer: null,
});

const freshDistribution = (distribution: number) => ({
  distribution,
  startedAt: null,
  round: 1,
  had: new Set<string>(),
  declined: new Set<string>(),
  after: null,
  returnedBy: null,
});

/** Takes an event into the story of its conversation. */
export function applyStory(story: Story, event: EventRow): void {
  const { type, data, at } = event;
  story.waitsFor =
    type === 'conversation.queued' ? ((data['reason'] as string | null | undefined) ?? null) : story.waitsFor;
  switch (type) {
    case 'conversation.transferred':
      Object.assign(story, freshDistribution(story.distribution + 1), { offer: null });
      story.directTo = data['targetId'] && data['assign'] !== true ? (data['sectorId'] as string) : null;
      break;
    case 'conversation.returned':
      Object.assign(story, freshDistribution(story.distribution + 1), { directTo: null, offer: null });
      story.after = data['by'] as string;
      story.returnedBy = story.after;
      break;
    case 'conversation.queued':
      if (data['reason'] === 'no-capacity') story.startedAt ??= at;
      if (data['passedOver']) story.directTo = null;
      break;
    case 'conversation.offered':
      if (Number(data['round']) > story.round) story.had = new Set();
      story.round = Number(data['round']);
      story.offer = { agentId: data['agentId'] as string, direct: (data['direct'] ?? null) !== null };
      story.startedAt ??= at;
      story.directTo = null;
      story.waitsFor = null;
      break;
    case 'conversation.offer_declined':
    case 'conversation.offer_expired':
    case 'conversation.offer_revoked': {
      const agentId = data['agentId'] as string;
      story.had.add(agentId);
      if (type === 'conversation.offer_declined') story.declined.add(agentId);
      if (!story.offer?.direct) story.after = agentId;
      story.offer = null;
      break;
    }
    case 'conversation.assigned':
      story.directTo = null;
      story.offer = null;
      story.waitsFor = null;
      break;
    case 'conversation.opened':
    case 'conversation.closed':
      story.offer = null;
      story.waitsFor = null;
      break;
    default:
  }
}
