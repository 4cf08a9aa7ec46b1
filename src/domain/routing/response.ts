import { addBusinessMs, type Calendar, isOpen, nextOpening } from './calendar.ts';

/** R34: what happens when an owner leaves a contact without an answer for too long. */
export const responseActions = ['tell-supervisor', 'return', 'open'] as const;
export type ResponseAction = (typeof responseActions)[number];

/** R34: what a sector allows its owners; `null` = it sets no time. */
export interface ResponseSettings {
  readonly timeoutMs: number | null;
  readonly action: ResponseAction;
}

/** What a sector asks of owners (R34, R35). */
export interface OwnershipSettings {
  readonly response: ResponseSettings;
  /** How long an owner may be gone, in business time; `null` = it does not ask. */
  readonly absenceGraceMs: number | null;
}

/** A conversation with an owner, as the response timer sees it. */
export interface Owed {
  /** The first message of the contact that nobody has answered; `null`: the contact has the last word of the owner. */
  readonly unansweredSince: Date | null;
  readonly assignedAt: Date;
}

/**
 * R34: when the owner should have answered at the latest: the sector's time, in business time, since the contact wrote
 * or since the assignment, whichever came later. `null`: no answer is owed, or the sector sets no time.
 */
export function responseDueAt(owed: Owed, { timeoutMs }: ResponseSettings, calendar: Calendar): Date | null {
  if (!owed.unansweredSince || timeoutMs === null) return null;
  const since = owed.unansweredSince > owed.assignedAt ? owed.unansweredSince : owed.assignedAt;
  return addBusinessMs(calendar, since, timeoutMs);
}

export type ResponseVerdict =
  | { readonly kind: 'wait'; readonly dueAt: Date | null }
  | { readonly kind: 'act'; readonly action: ResponseAction };

/** R34: what is to be done now about an answer that is owed; nothing while the sector is closed (R24). */
export function judgeResponse(
  owed: Owed & { readonly toldAt: Date | null },
  settings: ResponseSettings,
  { calendar, now }: { readonly calendar: Calendar; readonly now: Date },
): ResponseVerdict {
  const at = responseDueAt(owed, settings, calendar);
  if (!at || (owed.toldAt && settings.action === 'tell-supervisor')) return { kind: 'wait', dueAt: null };
  if (at > now) return { kind: 'wait', dueAt: at };
  if (!isOpen(calendar, now)) return { kind: 'wait', dueAt: nextOpening(calendar, now) };
  return { kind: 'act', action: settings.action };
}
