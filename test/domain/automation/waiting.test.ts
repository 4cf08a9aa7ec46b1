import { describe, expect, test } from 'vitest';
import { waitingRules } from '../../../src/domain/automation/waiting.ts';
import { alwaysOpen, monday, neverOpen, officeHours } from '../../support/situations.ts';
import { rule } from './support.ts';

const after = (n: number, minutes: number) => rule(n, { event: 'conversation.waiting', waitingSeconds: minutes * 60 });
const look = (now: string, calendar = alwaysOpen, since = '10:00') =>
  waitingRules([after(1, 10), after(2, 30)], { since: monday(since), calendar, now: monday(now) });
const shown = ({ due, nextAt }: ReturnType<typeof look>) => ({ due: due.length, nextAt });

describe('R28: waiting longer than a time', () => {
  test('a rule is due when its time has passed, and the next one’s time is known', () => {
    expect(shown(look('10:00'))).toEqual({ due: 0, nextAt: monday('10:10') });
    expect(shown(look('10:10'))).toEqual({ due: 1, nextAt: monday('10:30') });
    expect(shown(look('10:29:59'))).toEqual({ due: 1, nextAt: monday('10:30') });
    expect(shown(look('10:30'))).toEqual({ due: 2, nextAt: null });
  });

  test('the time is business time: the lunch break does not count', () => {
    expect(shown(look('11:56', officeHours, '11:55'))).toEqual({ due: 0, nextAt: monday('13:05') });
    expect(shown(look('12:30', officeHours, '11:55'))).toEqual({ due: 0, nextAt: monday('13:05') });
    expect(shown(look('13:05', officeHours, '11:55'))).toEqual({ due: 1, nextAt: monday('13:25') });
  });

  test('used up while the sector was closed, or exactly at the closing, it is due at the opening', () => {
    expect(shown(look('12:00', officeHours, '11:50'))).toEqual({ due: 0, nextAt: monday('13:00') });
    expect(shown(look('13:00', officeHours, '11:50'))).toEqual({ due: 1, nextAt: monday('13:20') });
  });

  test('in a sector that never opens nothing is due', () => {
    expect(shown(look('18:00', neverOpen))).toEqual({ due: 0, nextAt: null });
  });
});
