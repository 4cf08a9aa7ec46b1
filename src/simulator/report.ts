import { endings, type PlayedConversation, type TimelineItem } from './played.ts';
import { measureWaits, type Waits } from './waits.ts';

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
  readonly waits: Waits;
  readonly outcomes: ReadonlyMap<string, number>;
  /** Not closed, by state. */
  readonly stillOpen: ReadonlyMap<string, number>;
}

const noFigures = (): AgentFigures => ({
  firstOffers: 0,
  offers: 0,
  accepted: 0,
  declined: 0,
  expired: 0,
  revoked: 0,
  automatic: 0,
  taken: 0,
});

/** Counts what happened in these conversations. */
export function reportOf(conversations: readonly PlayedConversation[]): Report {
  const agents = new Map<string, AgentFigures>();
  const waits: Waits = { toFirstOffer: [], toFirstAssignment: [], toBeOffered: [] };
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

/** The value below which this part of all values lies (nearest rank); `null` of none. */
export function percentile(values: readonly number[], part: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(part * sorted.length) - 1, 0)] ?? null;
}

const add = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
