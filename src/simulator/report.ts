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

export interface AgentFigures {
  /** First offers of distributions, made from the arrow (R3): what the rotation keeps even. */
  firstOffers: number;
  offers: number;
  accepted: number;
  declined: number;
  expired: number;
  /** Withdrawn: by the limit, a break, a transfer or a close. */
  revoked: number;
  /** Assigned by an automatic sector. */
  automatic: number;
  /** Taken while open to the sector. */
  taken: number;
}

export interface Report {
  readonly conversations: number;
  /** By user id. */
  readonly agents: ReadonlyMap<string, AgentFigures>;
  /** Each in ms. */
  readonly waits: {
    readonly toFirstOffer: readonly number[];
    readonly toFirstAssignment: readonly number[];
    /** From the moment an offer became possible – into the queue, or the end of the one before – to the offer. */
    readonly toBeOffered: readonly number[];
  };
  readonly outcomes: ReadonlyMap<string, number>;
  /** Not closed, by state. */
  readonly stillOpen: ReadonlyMap<string, number>;
}

const endings: Readonly<Record<string, 'declined' | 'expired' | 'revoked'>> = {
  'conversation.offer_declined': 'declined',
  'conversation.offer_expired': 'expired',
  'conversation.offer_revoked': 'revoked',
};

const noFigures = (): AgentFigures => ({ firstOffers: 0, offers: 0, accepted: 0, declined: 0, expired: 0, revoked: 0, automatic: 0, taken: 0 });

/** Counts what happened in these conversations. */
export function reportOf(conversations: readonly PlayedConversation[]): Report {
  const agents = new Map<string, AgentFigures>();
  const waits = { toFirstOffer: [] as number[], toFirstAssignment: [] as number[], toBeOffered: [] as number[] };
  const outcomes = new Map<string, number>();
  const stillOpen = new Map<string, number>();
  for (const { status, state, outcome, timeline } of conversations) {
    countAgents(timeline, agents);
    measureWaits(timeline, waits);
    if (status === 'closed') add(outcomes, outcome?.name ?? '–');
    else add(stillOpen, state ?? '–');
  }
  return { conversations: conversations.length, agents, waits, outcomes, stillOpen };
}

function countAgents(timeline: readonly TimelineItem[], agents: Map<string, AgentFigures>): void {
  const figuresOf = (id: unknown): AgentFigures => {
    const key = String(id);
    const figures = agents.get(key) ?? noFigures();
    agents.set(key, figures);
    return figures;
  };
  const live = new Map<unknown, AgentFigures>();
  // The arrow gives the first offer of a distribution; a return passes on from the one who returned it (R19).
  let isFromArrow = true;
  for (const { type, data } of timeline) {
    const ended = endings[type];
    if (type === 'conversation.transferred') isFromArrow = true;
    if (type === 'conversation.returned') isFromArrow = false;
    if (type === 'conversation.offered') {
      const figures = figuresOf(data['agentId']);
      figures.offers++;
      live.set(data['offerId'], figures);
      if (isFromArrow && data['direct'] === null) {
        figures.firstOffers++;
        isFromArrow = false;
      }
    } else if (ended) {
      figuresOf(data['agentId'])[ended]++;
      live.delete(data['offerId']);
    } else if (type === 'conversation.assigned') {
      const figures = figuresOf(data['ownerId']);
      if (data['how'] === 'automatic') figures.automatic++;
      else if (live.delete(data['offerId'])) figures.accepted++;
      else if (data['how'] === 'accepted') figures.taken++;
    } else if (live.has(data['offerId'])) {
      // A transfer or a close by somebody else ends the offer as well.
      live.get(data['offerId'])!.revoked++;
      live.delete(data['offerId']);
    }
  }
}

interface Waits {
  readonly toFirstOffer: number[];
  readonly toFirstAssignment: number[];
  readonly toBeOffered: number[];
}

const DUE = new Set(['conversation.transferred', 'conversation.returned', 'conversation.queued', ...Object.keys(endings)]);

function measureWaits(timeline: readonly TimelineItem[], waits: Waits): void {
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

/** The value below which this part of all values lies (nearest rank); `null` of none. */
export function percentile(values: readonly number[], part: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(part * sorted.length) - 1, 0)] ?? null;
}

const add = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
