import { describe, expect, test } from 'vitest';
import { permissions } from '../../../src/domain/access/permissions.ts';
import {
  effectiveFunctions,
  groupFunctions,
  inGroupFunctionOrder,
  missingFor,
} from '../../../src/domain/group/functions.ts';

describe('the functions of a client group (B3)', () => {
  test.each([
    ['attendance', ['accept-conversations'], []],
    ['attendance', [], ['accept-conversations']],
    ['dispatch', ['take-out-dispatches'], []],
    ['dispatch', ['accept-conversations', 'view-dispatches'], ['take-out-dispatches']],
    ['supervision', ['view-dispatches', 'change-dispatch-responsible'], []],
    ['supervision', ['view-dispatches'], ['change-dispatch-responsible']],
    ['supervision', ['change-dispatch-responsible'], ['view-dispatches']],
    ['supervision', [], ['view-dispatches', 'change-dispatch-responsible']],
  ] as const)('%s lacks with %j: %j', (name, held, missing) => {
    expect(missingFor(name, held)).toEqual(missing);
  });

  test('each has an effect only while everything that it takes is held', () => {
    expect(effectiveFunctions(groupFunctions, permissions)).toEqual(groupFunctions);
    expect(effectiveFunctions(groupFunctions, [])).toEqual([]);
    expect(effectiveFunctions(['supervision', 'attendance'], ['accept-conversations'])).toEqual(['attendance']);
  });

  test('are always listed in one order', () => {
    expect(inGroupFunctionOrder(['supervision', 'attendance', 'attendance'])).toEqual(['attendance', 'supervision']);
  });
});
