import { Finding, type Property, short } from '../property.ts';
import { maySee } from '../sight.ts';
import { type Group, groupsOf, messagesOf, placeOf, RightsByPlace } from '../told.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Stream } from '../watched.ts';

/** Never: a missed event. For readers of whom nothing was changed, to the message; for all others, in the end. */
export const streamComplete: Property = {
  name: 'a live stream leaves nothing out: readers get all that they may see, and in the end know exactly that',
  rules: 'Never, Live',
  check(snapshot) {
    const finding = new Finding();
    const groups = groupsOf(snapshot);
    const rights = new RightsByPlace(snapshot);
    const newest = groups.at(-1)?.position ?? 0;
    for (const stream of snapshot.streams) {
      finding.expect(
        stream.upTo >= newest,
        () => `the stream of ${short(stream.by)} ended at ${stream.upTo}, the last event is at ${newest}`,
      );
      if (stream.isSteady) followed(finding, stream, groups, rights);
      knownInTheEnd(finding, snapshot, stream, groups, rights);
    }
    return finding;
  },
};

/** What a reader whose rights stay the same must have heard of each group, one after the other. */
function followed(finding: Finding, stream: Stream, groups: readonly Group[], rights: RightsByPlace): void {
  const connections = stream.heard.flatMap((one) => (one.kind === 'connected' ? [placeOf(one.from).position] : []));
  const messages = messagesOf(stream);
  const start = connections[0];
  if (start === undefined) return;
  let at = 0;
  let resumedAt = start;
  const withheld = new Set<string>();
  for (const [index, group] of groups.entries()) {
    if (group.position <= start || group.position > stream.upTo) continue;
    // Who resumes is told anew from the log: what had been kept back is forgotten.
    const resumed = connections.findLast((position) => position < group.position) ?? start;
    if (resumed > resumedAt) withheld.clear();
    resumedAt = Math.max(resumedAt, resumed);
    const heard: string[] = [];
    while (at < messages.length && placeOf(messages[at]!.id).position <= group.position) heard.push(messages[at++]!.id);
    const expected = expectedOf(stream.by, group, groups, index, rights, withheld, heard);
    finding.expect(
      expected !== null && heard.join(' ') === expected.join(' '),
      () =>
        `the stream of ${short(stream.by)} told ${heard.join(' ') || 'nothing'} of ${group.position} (${group.events.map(({ type }) => type).join(', ')}), and not ${expected?.join(' ') || 'nothing'}`,
    );
  }
}

function expectedOf(
  by: string,
  { position, events }: Group,
  groups: readonly Group[],
  index: number,
  rights: RightsByPlace,
  withheld: Set<string>,
  heard: readonly string[],
): string[] | null {
  const sight = rights.sightOf(by, position);
  const [first] = events;
  const last = events.at(-1)!;
  if (!sight || !first) return [];
  const { conversationId } = first;
  if (conversationId === null) {
    if (first.type === 'rights.changed') return [];
    return isFor(sight, by, first) ? [`${position}.0`] : [];
  }
  const sees = (view: typeof last.after, place: number): boolean =>
    view !== null && maySee(rights.sightOf(by, place) ?? sight, rights.listOf(view.channelId, place), view);
  const size = events.length;
  const isSeen = sees(last.after, position);
  const saw = sees(first.before, position) && !withheld.has(conversationId);
  withheld.delete(conversationId);
  if (isSeen && (saw || first.before === null)) return events.map((_event, n) => `${position}.${n}`);
  if (saw && !isSeen) return [`${position}.${size - 1}`];
  if (!isSeen) return [];
  const entered = [`${position}.${size}`, `${position}.${size + 1}`];
  if (heard.length > 0) return entered;
  // Kept back because it had moved on to where the reader does not see it: then that stands further on.
  withheld.add(conversationId);
  const movedOn = groups
    .slice(index + 1)
    .some(
      (later) =>
        later.events[0]?.conversationId === conversationId && !sees(later.events.at(-1)!.after, later.position),
    );
  return movedOn ? [] : entered;
}

function isFor(
  sight: { role: string; memberOf: ReadonlyMap<string, unknown> },
  by: string,
  event: Group['events'][number],
): boolean {
  if (sight.role === 'administrator') return true;
  const { type, data } = event;
  if (type === 'user.availability_changed') {
    const sectors = (data['sectorIds'] ?? []) as string[];
    return data['userId'] === by || sectors.some((id) => sight.memberOf.has(id));
  }
  return type.startsWith('sector.') && sight.memberOf.has(String(data['sectorId']));
}

/** Of every conversation that began while they listened, readers know in the end whether they see it. */
function knownInTheEnd(
  finding: Finding,
  { conversations }: Snapshot,
  stream: Stream,
  groups: readonly Group[],
  rights: RightsByPlace,
): void {
  const begun = stream.heard.find((one) => one.kind === 'connected');
  if (begun?.kind !== 'connected') return;
  const start = placeOf(begun.from).position;
  const known = new Set<string>();
  for (const { type, data } of messagesOf(stream)) {
    const id = data['conversationId'] as string | undefined;
    if (id === undefined) continue;
    if (type === 'conversation.hidden') known.delete(id);
    else known.add(id);
  }
  const beganAt = new Map<string, number>();
  for (const { events, position } of groups) {
    const id = events[0]?.conversationId;
    if (id && !beganAt.has(id)) beganAt.set(id, position);
  }
  const sight = rights.sightOf(stream.by, Number.POSITIVE_INFINITY);
  for (const row of conversations) {
    if (row.status !== 'active' || (beganAt.get(row.id) ?? 0) <= start || !sight) continue;
    const sees = maySee(sight, rights.listOf(row.channelId, Number.POSITIVE_INFINITY), row);
    finding.expect(
      known.has(row.id) === sees,
      () =>
        `${short(stream.by)} ${sees ? 'may see' : 'may not see'} ${short(row.id)} and the stream left it ${sees ? 'out' : 'in'}`,
    );
  }
}
