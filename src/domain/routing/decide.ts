import type { OpenReason, WaitReason } from '../conversation/state.ts';
import type { UserId } from '../ids.ts';
import { addBusinessMs, type Calendar, isOpen, nextOpening } from './calendar.ts';
import type { ConsideredGroup } from './clientGroup.ts';
import { type Considered, spared, standing } from './considered.ts';
import { type DirectReason, type DirectTarget, type Distribution, placeOf } from './distribution.ts';
import { comparePlaces, inCreationOrder, ineligibleBecause, isFull, type MemberFacts, type Place } from './members.ts';
import { pointerAfter, startingAfter, startingAt } from './rotation.ts';
import type { DistributionSettings } from './settings.ts';

/** Everything that the next step of a conversation without offer and owner depends on. */
export interface Situation {
  readonly now: Date;
  readonly calendar: Calendar;
  readonly settings: DistributionSettings;
  /** R29: the sector assigns to the portfolio owner instead of offering. */
  readonly portfolioAssigns: boolean;
  /** The members of the sector (of the target sector while a direct offer is due). */
  readonly members: readonly MemberFacts[];
  /** The sector's arrow, or that of the narrowed set (R3). */
  readonly pointer: Place | null;
  readonly distribution: Distribution;
  /** The client group that narrowed the members, for the record (R30). */
  readonly group?: ConsideredGroup | null;
}

/** An agent chosen for the conversation, with the reasons (R5). */
export interface Choice {
  readonly agentId: UserId;
  readonly direct: boolean;
  readonly considered: readonly Considered[];
  readonly pointerBefore: Place | null;
  readonly pointerAfter: Place | null;
  readonly distribution: Distribution;
}

export type Decision =
  | ({ readonly kind: 'offer' } & Choice)
  | ({ readonly kind: 'assign' } & Choice)
  /** A direct target who is not eligible: the step applies the fallback and decides again. */
  | { readonly kind: 'pass-over'; readonly considered: readonly Considered[] }
  | {
      readonly kind: 'wait';
      readonly reason: WaitReason;
      /** When to decide again without being woken; `null`: only a wake-up helps. */
      readonly dueAt: Date | null;
      readonly distribution: Distribution;
      readonly considered: readonly Considered[];
    }
  | {
      readonly kind: 'open';
      readonly reason: OpenReason;
      readonly distribution: Distribution;
      readonly considered: readonly Considered[];
    };

/** R8: the instant at which the running distribution ends; `null` before it started or when it never will. */
export function limitAt(distribution: Distribution, calendar: Calendar, settings: DistributionSettings): Date | null {
  if (!distribution.startedAt) return null;
  return addBusinessMs(calendar, new Date(distribution.startedAt), settings.distributionLimitMs);
}

/**
 * The limit that a live offer is held against (R7–R9): that of a sequential sector, and in any mode for an offer that
 * has no other end – one made while overflow was off, before the mode changed.
 */
export const limitOfOffer = (
  timeoutMs: number | null,
  distribution: Distribution,
  calendar: Calendar,
  settings: DistributionSettings,
): Date | null =>
  settings.mode === 'sequential' || timeoutMs === null ? limitAt(distribution, calendar, settings) : null;

/**
 * What happens next to a conversation that nobody owns and that is offered to nobody (R1–R4, R7–R11, R24). Pure: the
 * same situation gives the same decision.
 */
export function decideNext(situation: Situation): Decision {
  const { settings, calendar, now, distribution } = situation;
  const wait = (reason: WaitReason, dueAt: Date | null, considered: readonly Considered[] = []): Decision => ({
    kind: 'wait',
    reason,
    dueAt,
    distribution,
    considered,
  });
  if (settings.mode === 'manual' && !isNamed(distribution.direct)) return wait('manual', null);
  if (!isOpen(calendar, now)) return wait('out-of-hours', nextOpening(calendar, now));

  const limit = settings.mode === 'sequential' ? limitAt(distribution, calendar, settings) : null;
  if (limit && limit <= now) return { kind: 'open', reason: 'limit-reached', distribution, considered: [] };

  return distribution.direct ? decideDirect(situation) : decideRotation(situation);
}

/** A person or a rule named them: they are asked even where the sector distributes by hand. */
const isNamed = (direct: DirectTarget | null): boolean => direct?.because === 'transfer' || direct?.because === 'rule';

function decideDirect(situation: Situation): Decision {
  const { distribution, members, settings, pointer, portfolioAssigns } = situation;
  const target = members.find((member) => member.userId === distribution.direct?.agentId);
  const reason = target && standing(target, distribution);
  if (!target || reason) {
    return { kind: 'pass-over', considered: target && reason ? [{ userId: target.userId, outcome: reason }] : [] };
  }
  return chosen(situation, target, {
    direct: true,
    considered: [{ userId: target.userId, outcome: 'offered' }],
    pointerAfter: pointer,
    round: distribution.round,
    had: distribution.had,
    assign: assignsTo(distribution.direct?.because, settings.mode, portfolioAssigns),
  });
}

/** A transfer offers in every mode (R18); a portfolio's sector may assign to its owner (R29). */
const assignsTo = (
  because: DirectReason | undefined,
  mode: DistributionSettings['mode'],
  portfolioAssigns: boolean,
): boolean => because !== 'transfer' && (mode === 'automatic' || (because === 'portfolio' && portfolioAssigns));

function decideRotation(situation: Situation): Decision {
  const { distribution, members, pointer, settings } = situation;
  const fromPointer = distribution.after === null;
  const order = distribution.after ? startingAfter(members, placeOf(distribution.after)) : startingAt(members, pointer);
  const able = order.filter((member) => standing(member, distribution) === null);
  if (able.length === 0) return nobody(situation, order);

  // The one who returned it is spared in round 1 only if there is anyone else (R19).
  const onlyReturner = able.every((member) => member.userId === distribution.returnedBy);
  const sparedNow = (member: MemberFacts) =>
    onlyReturner && !distribution.had.includes(member.userId) ? null : spared(member, distribution);
  const inRound = able.find((member) => sparedNow(member) === null);
  const agent = inRound ?? able[0]!;

  const considered: Considered[] = [];
  for (const member of order) {
    if (member.userId === agent.userId) break;
    // Passed over while able: only because of the round that ran.
    considered.push({
      userId: member.userId,
      outcome: standing(member, distribution) ?? sparedNow(member) ?? 'already-offered-this-round',
    });
  }
  considered.push({ userId: agent.userId, outcome: 'offered' });

  const agents = inCreationOrder(members).filter(
    (member) => member.functions.includes('agent') && member.inChannel && member.inGroup,
  );
  return chosen(situation, agent, {
    direct: false,
    considered,
    pointerAfter: fromPointer ? pointerAfter(agents, agent) : pointer,
    round: inRound ? distribution.round : distribution.round + 1,
    had: inRound ? distribution.had : [],
    assign: settings.mode === 'automatic',
  });
}

function chosen(
  { distribution, pointer, now }: Situation,
  agent: MemberFacts,
  how: {
    readonly direct: boolean;
    readonly considered: readonly Considered[];
    readonly pointerAfter: Place | null;
    readonly round: number;
    readonly had: readonly UserId[];
    readonly assign: boolean;
  },
): Decision {
  return {
    kind: how.assign ? 'assign' : 'offer',
    agentId: agent.userId,
    direct: how.direct,
    considered: how.considered,
    pointerBefore: pointer,
    pointerAfter: how.pointerAfter,
    distribution: {
      ...distribution,
      startedAt: distribution.startedAt ?? now.toISOString(),
      round: how.round,
      had: how.had,
    },
  };
}

/** R10 and R11: nobody can have it now – wait for a place, or open it to the sector. */
function nobody(situation: Situation, order: readonly MemberFacts[]): Decision {
  const { distribution, settings, calendar, now } = situation;
  const considered = order.map((member) => ({
    userId: member.userId,
    outcome: standing(member, distribution) ?? ('at-capacity' as const),
  }));
  const onlyFull = order.some((member) => standing(member, distribution) === 'at-capacity');
  if (onlyFull) {
    const started = { ...distribution, startedAt: distribution.startedAt ?? now.toISOString() };
    const dueAt = settings.mode === 'sequential' ? limitAt(started, calendar, settings) : null;
    return { kind: 'wait', reason: 'no-capacity', dueAt, distribution: started, considered };
  }
  const someoneDeclined = order.some((member) => standing(member, distribution) === 'declined');
  return { kind: 'open', reason: someoneDeclined ? 'declined-by-all' : 'nobody-available', distribution, considered };
}

/** R10: an older conversation has the first right to the place; this one waits for the next. */
export function waitBehind(situation: Situation, considered: readonly Considered[]): Decision {
  const { distribution, settings, calendar, now } = situation;
  const started = { ...distribution, startedAt: distribution.startedAt ?? now.toISOString() };
  const dueAt = settings.mode === 'sequential' ? limitAt(started, calendar, settings) : null;
  return { kind: 'wait', reason: 'no-capacity', dueAt, distribution: started, considered };
}

/** Who could take one more conversation of this kind right now: the places for which waiting ones are woken (R10). */
export const withPlace = (members: readonly MemberFacts[]): MemberFacts[] =>
  inCreationOrder(members).filter((member) => ineligibleBecause(member) === null && !isFull(member));

export const samePlace = (a: Place | null, b: Place | null): boolean =>
  a === b || (a !== null && b !== null && comparePlaces(a, b) === 0);
