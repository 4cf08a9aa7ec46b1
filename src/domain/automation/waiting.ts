import { addBusinessMs, type Calendar, isOpen, nextOpening } from '../routing/calendar.ts';
import type { RunnableRule } from './rule.ts';

/**
 * When a rule about waiting is due: its time has passed, in business time of the sector, since nobody has owned the
 * conversation. Never while the sector is closed (R24). `null`: not in sight.
 */
export function waitDue(
  rule: Pick<RunnableRule, 'waitingSeconds'>,
  since: Date,
  calendar: Calendar,
  now: Date,
): Date | null {
  const at = addBusinessMs(calendar, since, (rule.waitingSeconds ?? 0) * 1_000);
  if (!at || at > now) return at;
  return isOpen(calendar, now) ? at : nextOpening(calendar, now);
}

/**
 * The rules about waiting whose time has come, and when the next one's does. A rule that is due stays so, until it ran:
 * its conditions may come to hold later in the same wait.
 */
export function waitingRules(
  rules: readonly RunnableRule[],
  wait: { readonly since: Date; readonly calendar: Calendar; readonly now: Date },
): { readonly due: readonly RunnableRule[]; readonly nextAt: Date | null } {
  const due: RunnableRule[] = [];
  let nextAt: Date | null = null;
  for (const rule of rules) {
    const at = waitDue(rule, wait.since, wait.calendar, wait.now);
    if (at && at <= wait.now) due.push(rule);
    else if (at && (!nextAt || at < nextAt)) nextAt = at;
  }
  return { due, nextAt };
}
