import { pastOf } from '../moments.ts';
import { clock, Finding, groupBy, type Property, short } from '../property.ts';
import { maySee } from '../sight.ts';
import { groupsOf, placeOf, RightsByPlace } from '../told.ts';
import type { Stream } from '../watched.ts';
import { replay } from '../replay.ts';

/**
 * R17, Never: access that outlives a transfer. From the moment at which the step was known to be committed until they
 * may see it again, the former owner is shown nothing of it, in no answer and in no stream. Who was away meanwhile is
 * told on return what every member of the sector was told, by the rights that they had at each place of the log.
 */
export const accessEnds: Property = {
  name: 'with a transfer or a return the former owner’s access ends, in answers and in the live stream',
  rules: 'Never, R17',
  check(snapshot) {
    const finding = new Finding();
    const past = pastOf(snapshot);
    const readings = groupBy(snapshot.readings, ({ by }) => by);
    const rights = new RightsByPlace(snapshot);
    const groups = new Map(groupsOf(snapshot).map((group) => [group.position, group]));
    const saw = (person: string, at: number): boolean => {
      const sight = rights.sightOf(person, at);
      const view = groups.get(at)?.events.at(-1)?.after;
      return Boolean(sight && view && maySee(sight, rights.listOf(view.channelId, at), view));
    };
    const streams = new Map(snapshot.streams.map((stream) => [stream.by, stream]));
    replay(snapshot, (event) => {
      const { type, before, after, conversationId, position } = event;
      const former = before?.ownerId;
      if (!conversationId || !former || !after || !/transferred|returned/.test(type)) return;
      const moments = past.views.get(conversationId) ?? [];
      const at = moments.findIndex((moment) => moment.from === event.at && moment.value.state === after.state);
      const last = moments[at - 1];
      if (!last || !Number.isFinite(last.until)) return;
      const gone = spanWithoutSight(past, former, conversationId, last.until, event.at);
      if (!gone) return;
      for (const reading of readings.get(former) ?? []) {
        if (reading.startedAt < gone.from || reading.answeredAt >= gone.until) continue;
        const isOfIt = reading.of === conversationId;
        const isShown = (isOfIt && reading.status === 200) || reading.shown.some(({ id }) => id === conversationId);
        if (isOfIt || isShown)
          finding.expect(
            !isShown,
            () =>
              `${short(former)} was shown ${short(conversationId)} at ${clock(reading.answeredAt)}, after giving it away`,
          );
      }
      const stream = streams.get(former);
      if (stream)
        finding.expect(
          !tells(stream, conversationId, position ?? 0, gone.until, (at) => saw(former, at)),
          () =>
            `the stream of ${short(former)} went on about ${short(conversationId)} after it was given away at ${clock(event.at)}`,
        );
    });
    return finding;
  },
};

/** From when until when the person certainly had no sight of it; `null` when they kept it. */
function spanWithoutSight(
  past: ReturnType<typeof pastOf>,
  person: string,
  conversationId: string,
  from: number,
  at: number,
): { readonly from: number; readonly until: number } | null {
  const starts = new Set<number>([at]);
  const views = past.views.get(conversationId) ?? [];
  const sights = past.sights.get(person) ?? [];
  for (const { from: start } of [...views, ...sights]) if (start > at) starts.add(start);
  for (const view of views)
    for (const { from: start } of past.lists.get(view.value.channelId) ?? []) if (start > at) starts.add(start);
  for (const start of [...starts].toSorted((a, b) => a - b)) {
    const sight = sights.findLast((moment) => moment.from <= start)?.value;
    const view = views.findLast((moment) => moment.from <= start)?.value;
    const list = view && past.lists.get(view.channelId)?.findLast((moment) => moment.from <= start)?.value;
    if (sight && view && maySee(sight, list ?? null, view)) return start > from ? { from, until: start } : null;
  }
  return { from, until: Number.POSITIVE_INFINITY };
}

/** Whether anything but the farewell came of it between the step and the time, apart from what its reader may know. */
const tells = (
  { heard }: Stream,
  conversationId: string,
  position: number,
  until: number,
  mayKnow: (at: number) => boolean,
): boolean =>
  heard.some(
    (one) =>
      one.kind === 'message' &&
      one.at < until &&
      one.type !== 'conversation.hidden' &&
      one.data['conversationId'] === conversationId &&
      placeOf(one.id).position >= position &&
      !mayKnow(placeOf(one.id).position),
  );
