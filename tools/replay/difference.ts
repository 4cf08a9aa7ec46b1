import type { History } from '@temporalio/common/lib/proto-utils.js';

type HistoryEvent = NonNullable<History['events']>[number];

/** Replays a history, or the beginning of one; `null` when the code in question fits it. */
export type Replay = (history: History) => Promise<Error | null>;

/** Where a history and the code part ways. */
export interface Difference {
  /** The first event that the code does not lead to, as the Temporal UI numbers and names it; `null` when unknown. */
  readonly event: { readonly id: number; readonly type: string; readonly at: string; readonly what: string } | null;
  /** The replayer's own words, without what it wraps them in. */
  readonly because: string;
}

/**
 * Finds the first event that differs: the replayer names it, or the thing that it is about, or else it is looked for –
 * in the first workflow task with which a beginning of the history fails, too.
 */
export async function firstDifference(history: History, error: Error, replay: Replay): Promise<Difference> {
  const because = ownWords(error.message);
  const events = history.events ?? [];
  const named = namedIn(because, events);
  if (named) return { event: told(named), because };
  const batches = batchesOf(events);
  // A beginning that fits ends before what differs, one that fails after it.
  let [fits, fails] = [-1, batches.length - 1];
  while (fails - fits > 1) {
    const middle = (fits + fails) >> 1;
    if (await replay({ events: events.slice(0, batches[middle]!.end) })) fails = middle;
    else fits = middle;
  }
  const first = batches[fails];
  return { event: first ? told(events[first.start]!) : null, because };
}

/** Of "Replay failed … Failure { … message: "[TMPRL1100] Nondeterminism error: …", source: … }" the part that tells. */
export function ownWords(message: string): string {
  const inner = /message: "((?:[^"\\]|\\.)*)"/.exec(message)?.[1]?.replaceAll('\\"', '"') ?? message;
  return inner.replace(/^\[TMPRL1100\] (?:Nondeterminism error: )?/, '').slice(0, 400);
}

function namedIn(words: string, events: readonly HistoryEvent[]): HistoryEvent | undefined {
  const id = /HistoryEvent\(id: (\d+)/.exec(words)?.[1];
  if (id) return events.find((event) => String(event.eventId) === id);
  const [, kind, sequence] = /machine for (\w+)\((\d+)\)/.exec(words) ?? [];
  if (kind === 'LocalActivity') return events.find((event) => localActivityOf(event)?.seq === Number(sequence));
  if (kind === 'Timer') return events.find((event) => event.timerStartedEventAttributes?.timerId === sequence);
  if (kind === 'Activity')
    return events.find((event) => event.activityTaskScheduledEventAttributes?.activityId === sequence);
  return undefined;
}

/** What a workflow task brought: from the event after its completion to the last one that it caused. */
function batchesOf(events: readonly HistoryEvent[]): { readonly start: number; readonly end: number }[] {
  const completed = events.flatMap((event, index) => (event.workflowTaskCompletedEventAttributes ? [index] : []));
  return completed.flatMap((index) => {
    const id = String(events[index]!.eventId);
    let end = index + 1;
    while (end < events.length && causeOf(events[end]!) === id) end++;
    return end > index + 1 ? [{ start: index + 1, end }] : [];
  });
}

/** The completed workflow task that caused the event, if one did. */
function causeOf(event: HistoryEvent): string | null {
  const attributes = Object.entries(event).find(([name, value]) => name.endsWith('EventAttributes') && value)?.[1] as
    | { readonly workflowTaskCompletedEventId?: unknown }
    | undefined;
  const id = attributes?.workflowTaskCompletedEventId;
  return id === undefined || id === null ? null : String(id);
}

function told(event: HistoryEvent): NonNullable<Difference['event']> {
  const name = Object.entries(event).find(([key, value]) => key.endsWith('EventAttributes') && value)?.[0] ?? 'unknown';
  const type = name.replace('EventAttributes', '');
  return {
    id: Number(event.eventId),
    type: type.charAt(0).toUpperCase() + type.slice(1),
    at: event.eventTime ? new Date(Number(event.eventTime.seconds) * 1_000).toISOString() : '',
    what: whatOf(event),
  };
}

function whatOf(event: HistoryEvent): string {
  const local = localActivityOf(event);
  if (local) return `local activity ${local.activity_type} (${local.seq})`;
  const { timerStartedEventAttributes: timer, activityTaskScheduledEventAttributes: activity } = event;
  if (timer) return `timer ${timer.timerId}`;
  if (activity) return `activity ${activity.activityType?.name} (${activity.activityId})`;
  return '';
}

/** A local activity is recorded as a marker whose data says which. */
function localActivityOf(event: HistoryEvent): { readonly seq: number; readonly activity_type: string } | null {
  const marker = event.markerRecordedEventAttributes;
  const data = marker?.markerName === 'core_local_activity' && marker.details?.['data']?.payloads?.[0]?.data;
  return data ? (JSON.parse(Buffer.from(data).toString('utf8')) as { seq: number; activity_type: string }) : null;
}
