import { describe, expect, test } from 'vitest';
import type { Permission } from '../../../src/domain/access/permissions.ts';
import { allowedContactActions, judgePortfolioChange } from '../../../src/domain/contact/portfolio.ts';
import { Refusal } from '../../../src/domain/errors.ts';
import type { UserId } from '../../../src/domain/ids.ts';
import { user } from '../../support/situations.ts';

const [me, other, third] = [user(1), user(2), user(3)];
const agent = (...permissions: Permission[]) => ({ userId: me, role: 'agent' as const, permissions });
const administrator = { userId: me, role: 'administrator' as const, permissions: [] };
const both: Permission[] = ['add-to-portfolio', 'remove-from-own-portfolio'];

const answerTo = (...change: Parameters<typeof judgePortfolioChange>): string => {
  try {
    judgePortfolioChange(...change);
    return 'yes';
  } catch (refusal) {
    return refusal instanceof Refusal ? String(refusal.details['permission']) : String(refusal);
  }
};

describe('who changes a portfolio', () => {
  test.each<
    [what: string, person: typeof administrator | ReturnType<typeof agent>, UserId | null, UserId | null, string]
  >([
    ['adds a contact of nobody', agent('add-to-portfolio'), null, other, 'yes'],
    ['adds without the permission', agent('remove-from-own-portfolio'), null, me, 'add-to-portfolio'],
    ['takes one out of their own', agent('remove-from-own-portfolio'), me, null, 'yes'],
    [
      'takes one out of their own without the permission',
      agent('add-to-portfolio'),
      me,
      null,
      'remove-from-own-portfolio',
    ],
    ['takes one out of another’s', agent(...both), other, null, 'administrator'],
    ['gives their own to a colleague', agent(...both), me, other, 'yes'],
    [
      'gives their own away without the permission to let go',
      agent('add-to-portfolio'),
      me,
      other,
      'remove-from-own-portfolio',
    ],
    ['takes a colleague’s over', agent(...both), other, me, 'administrator'],
    ['gives a colleague’s to a third', agent(...both), other, third, 'administrator'],
    ['says again what is so', agent('add-to-portfolio'), other, other, 'yes'],
    ['takes nothing out of nowhere', agent(), null, null, 'yes'],
    ['an administrator does anything', administrator, other, third, 'yes'],
    ['an administrator empties another’s', administrator, other, null, 'yes'],
  ])('%s', (_what, person, before, after, answer) => {
    expect(answerTo(person, before, after)).toBe(answer);
  });
});

describe('what is shown as allowed', () => {
  test.each<[Permission[], UserId | null, string[]]>([
    [[], null, []],
    [['update-contacts'], other, ['update']],
    [both, null, ['add-to-portfolio']],
    [both, me, ['add-to-portfolio', 'remove-from-portfolio']],
    [both, other, []],
    [['add-to-portfolio'], me, []],
  ])('%j, in the portfolio of %s', (permissions, ownerId, allowed) => {
    expect(allowedContactActions(agent(...permissions), ownerId)).toEqual(allowed);
  });

  test('administrators may do everything that makes sense', () => {
    expect(allowedContactActions(administrator, other)).toEqual([
      'update',
      'add-to-portfolio',
      'remove-from-portfolio',
      'forget',
    ]);
    expect(allowedContactActions(administrator, null)).toEqual(['update', 'add-to-portfolio', 'forget']);
  });
});
