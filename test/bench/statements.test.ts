import { describe, expect, test } from 'vitest';
import { beside, callsOf } from '../../bench/statements.ts';

const counted = (query: string, calls: number) => ({ query, calls, ms: 0 });

describe('the statements of a command', () => {
  test('are those that nobody else asks for', () => {
    expect(callsOf(beside([counted('update', 20), counted('insert', 10)], [], 1))).toBe(30);
  });

  test('leave out what runs by the clock, also where it came once more than before', () => {
    const idle = [counted('sweep', 2), counted('look', 40)];
    expect(beside([counted('sweep', 2), counted('look', 24), counted('update', 5)], idle, 0.5)).toEqual([
      counted('update', 5),
    ]);
  });

  test('count what a command asks for beside the clock, without the share of the clock', () => {
    expect(beside([counted('number events', 40)], [counted('number events', 40)], 0.5)).toEqual([
      counted('number events', 20),
    ]);
  });
});
