import type { Property, Verdict } from './property.ts';
import { takers, writers } from './properties/accept.ts';
import { accessEnds } from './properties/accessEnds.ts';
import { acknowledged, answered, answers } from './properties/acknowledged.ts';
import { arrow, fairness } from './properties/arrow.ts';
import { closable, lists } from './properties/atRest.ts';
import { capacity } from './properties/capacity.ts';
import { eligibleAtOffer } from './properties/eligibleAtOffer.ts';
import { events } from './properties/events.ts';
import { explained, shownTimers } from './properties/explained.ts';
import { autoReplies, messages, oneActive } from './properties/messages.ts';
import { oneLiveOffer } from './properties/oneLiveOffer.ts';
import { oneOwner } from './properties/oneOwner.ts';
import { order, reasons } from './properties/opens.ts';
import { ownersBelong } from './properties/ownersBelong.ts';
import { declinedNeverAgain, passingOn, rounds } from './properties/passingOn.ts';
import { placesUsed, queueOrder, withdrawn } from './properties/queue.ts';
import { reads } from './properties/reads.ts';
import { refusals } from './properties/refusals.ts';
import { found, sight } from './properties/sight.ts';
import { states } from './properties/states.ts';
import { streamComplete } from './properties/streamComplete.ts';
import { streamOrder, streamSight } from './properties/streams.ts';
import { survival } from './properties/survival.ts';
import { closedHours, expiry, limit, noLostTimer } from './properties/timers.ts';
import { unattended } from './properties/unattended.ts';
import { histories, wakeUps, workflows } from './properties/workflows.ts';
import type { Snapshot } from './snapshot.ts';

/** Every property that a run must prove. */
export const properties = {
  oneOwner,
  ownersBelong,
  takers,
  writers,
  refusals,
  reads,
  acknowledged,
  answered,
  answers,
  oneLiveOffer,
  order,
  arrow,
  fairness,
  passingOn,
  rounds,
  declinedNeverAgain,
  explained,
  eligibleAtOffer,
  capacity,
  withdrawn,
  placesUsed,
  queueOrder,
  reasons,
  expiry,
  shownTimers,
  limit,
  noLostTimer,
  closedHours,
  unattended,
  states,
  lists,
  closable,
  sight,
  found,
  accessEnds,
  streamSight,
  streamComplete,
  streamOrder,
  events,
  messages,
  oneActive,
  autoReplies,
  workflows,
  histories,
  wakeUps,
  survival,
} as const satisfies Record<string, Property>;

export type PropertyName = keyof typeof properties;

/** What one property found in a snapshot. */
export interface Checked extends Verdict {
  readonly property: PropertyName;
  readonly name: string;
  readonly rules: string;
}

/** Holds the snapshot against every property. */
export const checkAll = (snapshot: Snapshot): Checked[] =>
  (Object.keys(properties) as PropertyName[]).map((property) => {
    const { name, rules, check } = properties[property];
    const { cases, violations } = check(snapshot);
    return { property, name, rules, cases, violations };
  });
