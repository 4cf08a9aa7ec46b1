import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dispatchDue, type DispatchTimes } from '../../../src/domain/dispatch/due.ts';
import { assertLeadsTo, dispatchStates, hasEnded, nextStates } from '../../../src/domain/dispatch/state.ts';
import type { Refusal } from '../../../src/domain/errors.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1) + minute * 60_000);
const times = (overrides: Partial<DispatchTimes> = {}): DispatchTimes => ({
  state: 'open',
  deadline: at(60),
  remindAt: at(30),
  remindedAt: null,
  overdueAt: null,
  ...overrides,
});

describe('the times of a dispatch (B5)', () => {
  test.each([
    ['nothing is due before its reminder', times(), 10, false, false, ['reminder', 30]],
    ['the reminder comes at its moment', times(), 30, true, false, ['deadline', 60]],
    ['and once', times({ remindedAt: at(30) }), 31, false, false, ['deadline', 60]],
    ['the deadline comes at its moment', times({ remindedAt: at(30) }), 60, false, true, null],
    ['and once', times({ remindedAt: at(30), overdueAt: at(60) }), 90, false, false, null],
    ['a reminder that was missed until the deadline is left out', times(), 90, false, true, null],
    ['a reminder alone', times({ deadline: null }), 40, true, false, null],
    ['a deadline alone', times({ remindAt: null }), 40, false, false, ['deadline', 60]],
    ['neither', times({ remindAt: null, deadline: null }), 40, false, false, null],
    ['none of what is done', times({ state: 'done' }), 90, false, false, null],
    ['none of what is cancelled', times({ state: 'cancelled' }), 30, false, false, null],
  ] as const)('%s', (_, given, minute, remind, overdue, next) => {
    expect(dispatchDue(given, at(minute))).toEqual({
      remind,
      overdue,
      next: next && { what: next[0], at: at(next[1]) },
    });
  });

  test('whatever the times: looked at again and again, each is told at most once, and the next one lies ahead', () => {
    const minute = fc.option(fc.nat(100), { nil: null });
    fc.assert(
      fc.property(minute, minute, fc.array(fc.nat(120), { maxLength: 20 }), (deadline, remindAt, looks) => {
        let now = times({
          deadline: deadline === null ? null : at(deadline),
          remindAt: remindAt === null ? null : at(remindAt),
        });
        const told = { remind: 0, overdue: 0 };
        for (const look of looks.toSorted((a, b) => a - b)) {
          const due = dispatchDue(now, at(look));
          if (due.next) expect(due.next.at.getTime()).toBeGreaterThan(at(look).getTime());
          if (due.remind) told.remind++;
          if (due.overdue) told.overdue++;
          now = {
            ...now,
            ...(due.remind ? { remindedAt: at(look) } : {}),
            ...(due.overdue ? { overdueAt: at(look) } : {}),
          };
        }
        expect(told.remind).toBeLessThanOrEqual(1);
        expect(told.overdue).toBe(deadline !== null && looks.some((look) => look >= deadline) ? 1 : 0);
      }),
    );
  });
});

describe('the states of a dispatch', () => {
  test.each(dispatchStates.flatMap((from) => dispatchStates.map((to) => [from, to] as const)))(
    'from %s to %s',
    (from, to) => {
      const allowed = {
        open: ['in-progress', 'cancelled'],
        'in-progress': ['done', 'cancelled'],
        done: [],
        cancelled: [],
      };
      if ((allowed[from] as readonly string[]).includes(to)) expect(() => assertLeadsTo(from, to)).not.toThrow();
      else {
        const refused = expect.objectContaining({
          code: hasEnded(from) ? 'dispatch-ended' : 'state-refused',
        }) as Refusal;
        expect(() => assertLeadsTo(from, to)).toThrow(refused);
      }
    },
  );

  test('end with done and cancelled', () => {
    expect(dispatchStates.filter(hasEnded)).toEqual(['done', 'cancelled']);
    expect(dispatchStates.filter((state) => nextStates(state).length === 0)).toEqual(['done', 'cancelled']);
  });
});
