import type { ConversationRow, EventRow, OfferRow, Snapshot, View } from '../../chaos/checker/snapshot.ts';
import type { Heard, Reading, Shown, Stream } from '../../chaos/checker/watched.ts';

/** Who watches the afternoon: the administrator, and agents of the one sector that has any. */
export interface Watched {
  readonly events: readonly EventRow[];
  readonly offers: readonly OfferRow[];
  readonly conversations: readonly ConversationRow[];
  /** The row after each step, by the step's id. */
  readonly rows: ReadonlyMap<string, ConversationRow>;
  readonly admin: string;
  readonly agents: readonly string[];
  readonly sectorId: string;
}

interface Watching extends Pick<Snapshot, 'atRest' | 'drained'> {
  readings: Reading[];
  streams: Stream[];
}

/** What all of them were shown: after each step one look of each at its conversation, streams, and lists in the end. */
export function watch(story: Watched): Watching {
  const people = [story.admin, ...story.agents];
  const active = story.conversations.filter(({ status }) => status === 'active');
  return {
    readings: steps(story).flatMap((step) => people.flatMap((by) => readingsOf(story, by, step))),
    streams: people.map((by) => ({ by, isSteady: true, heard: heardBy(story, by), upTo: story.events.length })),
    atRest: {
      lists: people.flatMap((by) =>
        views.map((view) => ({ by, view, ids: listOf(story, by, view, active).map(({ id }) => id) })),
      ),
      counts: people.map((by) => ({
        by,
        views: Object.fromEntries(views.map((view) => [view, listOf(story, by, view, active).length])),
        sectors: { [story.sectorId]: countsOf(listOf(story, by, 'all', active), story.sectorId) },
      })),
      timelines: story.conversations.map(({ id }) => ({ conversationId: id, items: timelineOf(story, id) })),
    },
    drained: {
      ids: active.map(({ id }) => id),
      closedBy: Object.fromEntries(active.map(({ id }) => [id, story.admin])),
      active: [],
      running: [],
      wakeUps: 0,
    },
  };
}

const views = ['new', 'mine', 'sector', 'open', 'all'] as const;

const sees = ({ admin, sectorId }: Watched, by: string, view: View): boolean =>
  by === admin || (view.sectorId === sectorId && (view.state !== 'offered' || view.designatedId === by));

const listOf = (story: Watched, by: string, view: (typeof views)[number], active: readonly ConversationRow[]) =>
  active.filter(
    (row) =>
      sees(story, by, row) &&
      {
        new: row.designatedId === by,
        mine: row.ownerId === by,
        sector: row.state === 'waiting',
        open: row.state === 'open',
        all: true,
      }[view],
  );

const countsOf = (rows: readonly ConversationRow[], sectorId: string) =>
  Object.fromEntries(
    ['waiting', 'offered', 'open', 'assigned'].map((state) => [
      state,
      rows.filter((row) => row.sectorId === sectorId && row.state === state).length,
    ]),
  );

/** The events of each step about a conversation, in their order. */
function steps({ events }: Watched): (readonly EventRow[])[] {
  const groups = new Map<string, EventRow[]>();
  for (const event of events) groups.set(event.stepId, [...(groups.get(event.stepId) ?? []), event]);
  return [...groups.values()].filter(([first]) => first?.conversationId);
}

export function shownAs({ offers }: Pick<Watched, 'offers'>, row: ConversationRow, at: number): Shown {
  const { id, version, status, state, sectorId, channelId, ownerId } = row;
  const offer = offers.find((one) => one.conversationId === id && one.number === row.offersMade);
  const expiresAt = offer ? offer.startedAt + (offer.timeoutMs ?? 0) : 0;
  return {
    id,
    version,
    status,
    state,
    sectorId,
    channelId,
    ownerId,
    offer:
      state === 'offered' && offer
        ? {
            id: offer.id,
            agentId: offer.agentId,
            startedAt: offer.startedAt,
            expiresAt,
            remainingMs: expiresAt - at,
            paused: false,
          }
        : null,
  };
}

function readingsOf(story: Watched, by: string, step: readonly EventRow[]): Reading[] {
  const last = step.at(-1)!;
  const row = story.rows.get(last.stepId)!;
  const isSeen = sees(story, by, last.after!);
  const times = { by, of: row.id, startedAt: last.at + 3, answeredAt: last.at + 5 };
  const shown = isSeen ? [shownAs(story, row, last.at + 4)] : [];
  const status = isSeen ? 200 : 404;
  return [
    { ...times, kind: 'item', status, shown },
    { ...times, kind: 'messages', status, shown: [] },
    { ...times, kind: 'list', of: 'all', status: 200, shown: shown.filter((one) => one.status === 'active') },
    { ...times, kind: 'counts', of: '', status: 200, shown: [], sectors: [story.sectorId] },
  ];
}

/** From the first conversation on; the agents joined before. */
function heardBy(story: Watched, by: string): Heard[] {
  const start = story.events.find(({ conversationId }) => conversationId)!;
  const heard: Heard[] = [{ kind: 'connected', at: start.at - 1, from: String(start.position! - 1) }];
  const tell = (
    id: string,
    { at }: EventRow,
    type: string,
    data: Record<string, unknown>,
    shown: Shown | null = null,
  ) => heard.push({ kind: 'message', at: at + 1, id, type, data, shown });
  const event = (id: string, one: EventRow) =>
    tell(id, one, one.type, {
      ...one.data,
      type: one.type,
      at: new Date(one.at).toISOString(),
      actor: one.actor,
      ...(one.conversationId ? { conversationId: one.conversationId } : {}),
    });
  const seen = new Set<string>();
  for (const one of story.events) {
    if (one.position! < start.position! || seen.has(one.stepId)) continue;
    seen.add(one.stepId);
    const group = story.events.filter(({ stepId }) => stepId === one.stepId);
    const last = group.at(-1)!;
    const place = last.position!;
    const id = one.conversationId;
    if (!id) {
      if (one.type === 'user.availability_changed' && (by === story.admin || one.data['userId'] === by))
        event(`${place}.0`, one);
      continue;
    }
    const saw = one.before !== null && sees(story, by, one.before);
    const isSeen = sees(story, by, last.after!);
    if (isSeen && (saw || one.before === null)) for (const [n, each] of group.entries()) event(`${place}.${n}`, each);
    else if (saw && !isSeen)
      tell(`${place}.${group.length - 1}`, last, 'conversation.hidden', {
        type: 'conversation.hidden',
        id,
        conversationId: id,
      });
    else if (isSeen) {
      const shown = shownAs(story, story.rows.get(last.stepId)!, last.at + 1);
      const data = { type: 'conversation.entered', id, conversationId: id };
      tell(`${place}.${group.length}`, last, 'conversation.entered', data, shown);
      event(`${place}.${group.length + 1}`, last);
    }
  }
  return heard;
}

const timelineOf = ({ events, offers }: Watched, id: string) =>
  events
    .filter(({ conversationId }) => conversationId === id)
    .map(({ seq, type, data }) => {
      const made = type === 'conversation.offered' ? offers.find((offer) => offer.id === data['offerId']) : undefined;
      return {
        seq: seq!,
        type,
        summary: 'Something happened.',
        decision: made
          ? {
              considered: made.decision.considered.map((one) => ({ ...one, words: 'A reason.' })),
              pointerBefore: made.decision.pointerBefore?.userId ?? null,
              pointerAfter: made.decision.pointerAfter?.userId ?? null,
              round: made.round,
              hasSettings: true,
            }
          : null,
      };
    });
