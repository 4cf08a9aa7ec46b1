import { endings, type TimelineItem } from './played.ts';

/** How long it took, in ms, one number for each time. */
export interface Waits {
  readonly toFirstOffer: number[];
  readonly toFirstAssignment: number[];
  /** From the moment an offer became possible – into the queue, or the end of the one before – to the offer. */
  readonly toBeOffered: number[];
}

const DUE = new Set([
  'conversation.transferred',
  'conversation.returned',
  'conversation.queued',
  ...Object.keys(endings),
]);

/** Adds the waits of one conversation. */
export function measureWaits(timeline: readonly TimelineItem[], waits: Waits): void {
  const first = timeline.find(({ type }) => type === 'message.received');
  if (!first) return;
  const since = (item: TimelineItem, from: TimelineItem): number => Date.parse(item.at) - Date.parse(from.at);
  const offer = timeline.find(({ type }) => type === 'conversation.offered');
  const assignment = timeline.find(({ type }) => type === 'conversation.assigned');
  if (offer) waits.toFirstOffer.push(since(offer, first));
  if (assignment) waits.toFirstAssignment.push(since(assignment, first));
  let due: TimelineItem | null = null;
  for (const item of timeline) {
    // What waits for a person or a place is not due.
    if (item.type === 'conversation.queued' && typeof item.data['reason'] === 'string') due = null;
    else if (DUE.has(item.type)) due ??= item;
    else if (item.type === 'conversation.offered' && due) {
      waits.toBeOffered.push(since(item, due));
      due = null;
    } else if (item.type === 'conversation.assigned' || item.type === 'conversation.opened') due = null;
  }
}
