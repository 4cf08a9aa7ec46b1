import type { ConversationSignal, Standing } from '../../domain/conversation/standing.ts';
import type { Unit } from '../unit.ts';
import type { Draft } from './draft.ts';
import { owesAnswer } from './watchOwner.ts';

/** What a conversation waits for by itself. */
export interface Due {
  readonly at: Date;
  readonly inMs: number;
  readonly what: NonNullable<Standing['dueFor']>;
}

/** Where a conversation stands after the step that holds it, as its workflow shows it and waits by it. */
export function standingOf({ row, before, channelSlug }: Draft, sector: string, due: Due | null): Standing {
  return {
    status: row.status,
    state: row.state ?? null,
    reason: row.reason ?? null,
    version: row.version,
    sector,
    channel: channelSlug,
    agentId: row.ownerId ?? row.designatedId ?? null,
    offerNumber: row.offersMade,
    round: row.distribution.round,
    lookAgain: row.reason === 'no-capacity' && before.reason !== 'no-capacity',
    dueAt: due?.at.toISOString() ?? null,
    dueInMs: due?.inMs ?? null,
    ...(due && { dueFor: due.what }),
  };
}

/**
 * Tells the workflow what somebody did, once it is saved. Where nothing is due any more – it is closed, or has an owner
 * for whom no time runs (R34, R35) – the signal says where the conversation stands, and no step has to find out.
 */
export function tell(
  unit: Unit,
  draft: Draft,
  signal: Exclude<ConversationSignal, 'woken'>,
  { ownersAreWatched }: { readonly ownersAreWatched: boolean },
): void {
  const { row, before, sectorSlug, version } = draft;
  const isFree = row.state === 'assigned' && !row.dueAt && !(ownersAreWatched && owesAnswer(draft));
  const rests = row.status === 'closed' || isFree;
  // Of another sector it is not known whether it watches its owners.
  const known = row.sectorId === before.sectorId ? sectorSlug : null;
  const standing = rests && known ? standingOf(draft, known, null) : null;
  unit.wake({ workflow: 'conversation', targetId: row.id, signal, version, standing });
}
