import type { PropertyName } from '../../chaos/checker/check.ts';
import type { EventRow } from '../../chaos/checker/snapshot.ts';
import type { Heard, Shown, Stream } from '../../chaos/checker/watched.ts';
import type { Broken } from './soundSnapshot.ts';
import { shownAs } from './soundWatching.ts';

/** What is broken, which property must say so, and how to break it. */
export type Sample = readonly [what: string, property: PropertyName, breakIt: (snapshot: Broken) => void];

/** Replaces one row of a table. */
export const change = <T>(rows: T[], which: (row: T) => boolean, to: Partial<T>): void => {
  const at = rows.findIndex(which);
  if (at < 0) throw new Error('The row to break is not there.');
  rows[at] = { ...rows[at]!, ...to };
};
export const eventOf = (snapshot: Broken, conversationId: string, type: string): EventRow =>
  snapshot.events.find((event) => event.conversationId === conversationId && event.type === `conversation.${type}`)!;
export const changeEvent = (snapshot: Broken, event: EventRow, to: Partial<EventRow>): void =>
  change(snapshot.events, ({ ordinal }) => ordinal === event.ordinal, to);
/** Puts an event about a person just before another event. */
export const before = (snapshot: Broken, event: EventRow, type: string, data: Record<string, unknown>): void => {
  snapshot.events.push({
    ...event,
    ordinal: event.ordinal - 0.5,
    position: null,
    type,
    data,
    conversationId: null,
    seq: null,
    before: null,
    after: null,
    stepId: 'planted',
  });
};
export const offerOf =
  (conversationId: string, number: number) => (offer: { conversationId: string; number: number }) =>
    offer.conversationId === conversationId && offer.number === number;

/** The conversation as the row stands in the end, as somebody would be shown it. */
export const shownNow = (s: Broken, id: string): Shown =>
  shownAs(
    s,
    s.conversations.find((row) => row.id === id)!,
    s.takenAt,
  );
/** Changes what one reader's stream has told. */
export const streamOf = (s: Broken, by: string, edit: (heard: Heard[]) => Heard[]): void =>
  change<Stream>(s.streams, (stream) => stream.by === by, {
    heard: edit([...s.streams.find((stream) => stream.by === by)!.heard]),
  });
