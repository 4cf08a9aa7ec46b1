import { pastOf } from '../moments.ts';
import { clock, Finding, type Property, short } from '../property.ts';
import { combinations, isShownAs, maySee } from '../sight.ts';
import { type Group, groupsOf, messagesOf, placeOf, RightsByPlace, sameJson } from '../told.ts';

/** How long after it was certainly taken away a right may still have shown in a stream: the machine may be slow. */
const UNDER_WAY_MS = 5_000;
/** A message tells what was read before it was written and heard. */
const PRESENTED_MS = 15_000;

/** Never: the same event with later data in it, a missed one, one out of order – here: twice, altered or out of order. */
export const streamOrder: Property = {
  name: 'a live stream tells each event once, in order and as it was written, over every break',
  rules: 'Never, Live',
  check(snapshot) {
    const finding = new Finding();
    const groups = new Map(groupsOf(snapshot).map((group) => [group.position, group]));
    for (const stream of snapshot.streams) {
      let last = { position: 0, n: -1 };
      for (const { id, type, data } of messagesOf(stream)) {
        const { position, n } = placeOf(id);
        const where = `the stream of ${short(stream.by)}: ${id} (${type})`;
        finding.expect(type !== 'reset', () => `${where}: everything has to be loaded anew`);
        if (type === 'reset') continue;
        const isLater = position > last.position || (position === last.position && (n ?? 0) > last.n);
        finding.expect(isLater, () => `${where} came after ${last.position}.${last.n}`);
        last = { position, n: n ?? 0 };
        if (type === 'conversation.hidden' || type === 'conversation.entered') continue;
        const event = eventAt(groups.get(position), n ?? 0);
        const { type: _type, at: _at, actor: _actor, conversationId, ...told } = data;
        finding.expect(
          event?.type === type && (event.conversationId ?? undefined) === conversationId && sameJson(told, event.data),
          () => `${where} is ${event ? `told as ${JSON.stringify(told)}, and was written otherwise` : 'no event'}`,
        );
      }
    }
    return finding;
  },
};

/** Of m events: 0 … m-1 are the events; m+1 is the last one behind `conversation.entered`. */
const eventAt = (group: Group | undefined, n: number) =>
  group && n === group.events.length + 1 ? group.events.at(-1) : group?.events[n];

/** Never: a reader who may not see it – in the stream, by the rights at the event's place and by those of now. */
export const streamSight: Property = {
  name: 'a live stream tells nobody of a conversation that they may not see',
  rules: 'Never, Live',
  check(snapshot) {
    const finding = new Finding();
    const past = pastOf(snapshot);
    const rights = new RightsByPlace(snapshot);
    const groups = new Map(groupsOf(snapshot).map((group) => [group.position, group]));
    for (const stream of snapshot.streams) {
      for (const { id, type, data, at, shown } of messagesOf(stream)) {
        const where = `the stream of ${short(stream.by)} at ${clock(at)}: ${id} (${type})`;
        const conversationId = data['conversationId'] as string | undefined;
        if (conversationId === undefined) continue;
        if (type === 'conversation.hidden') {
          const more = Object.keys(data).filter((key) => !['type', 'id', 'conversationId'].includes(key));
          finding.expect(more.length === 0 && !shown, () => `${where} has content: ${more.join(', ')}`);
          continue;
        }
        if (shown) {
          const possible = combinations(past, stream.by, conversationId, [at - PRESENTED_MS, at]);
          finding.expect(
            possible.some(({ view, sees }) => sees && isShownAs(shown, view)),
            () => `${where} showed ${short(conversationId)}`,
          );
          continue;
        }
        const { position } = placeOf(id);
        const view = groups.get(position)?.events.at(-1)?.after;
        const then = rights.sightOf(stream.by, position);
        if (!view || !then) continue;
        finding.expect(
          maySee(then, rights.listOf(view.channelId, position), view),
          () => `${where} is about ${short(conversationId)}, not to be seen by the rights at its place`,
        );
        const now = (past.sights.get(stream.by) ?? []).filter(
          (one) => one.until >= at - UNDER_WAY_MS && one.from <= at,
        );
        const lists = (past.lists.get(view.channelId) ?? []).filter(
          (one) => one.until >= at - UNDER_WAY_MS && one.from <= at,
        );
        finding.expect(
          now.some((sight) => lists.some((list) => maySee(sight.value, list.value, view))),
          () => `${where} is about ${short(conversationId)}, the right to which was gone`,
        );
      }
    }
    return finding;
  },
};
