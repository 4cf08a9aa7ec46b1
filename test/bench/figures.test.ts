import { describe, expect, test } from 'vitest';
import { figure } from '../../bench/figures.ts';

describe('a figure', () => {
  test('stands beside its floor, with the ratio', () => {
    expect(figure({ name: 'accept', value: 6, unit: 'ms', floor: 4 })).toEqual({
      name: 'accept',
      value: 6,
      unit: 'ms',
      floor: 4,
      ratio: 1.5,
      aim: null,
      met: null,
    });
  });

  test.each([
    ['at most', 2, 2, true],
    ['at most', 2, 2.01, false],
    ['at least', 0.5, 0.5, true],
    ['at least', 0.5, 0.49, false],
    ['above', 270, 270, false],
    ['above', 270, 271, true],
  ] as const)('with the aim %s %d is met by %d: %s', (is, limit, value, met) => {
    expect(figure({ name: 'x', value, unit: '', aims: [{ of: 'value', is, limit }] }).met).toBe(met);
  });

  test('is met only when every aim holds, and says all of them', () => {
    const aims = [
      { of: 'ratio', is: 'at least', limit: 0.5 },
      { of: 'value', is: 'above', limit: 270 },
    ] as const;
    expect(figure({ name: 'x', value: 300, unit: '/s', floor: 500, aims })).toMatchObject({
      aim: 'ratio ≥ 0.5 and value > 270',
      met: true,
    });
    expect(figure({ name: 'x', value: 260, unit: '/s', floor: 500, aims }).met).toBe(false);
    expect(figure({ name: 'x', value: 300, unit: '/s', floor: 700, aims }).met).toBe(false);
  });

  test('is judged by what was measured, not by what is shown of it', () => {
    const close = figure({
      name: 'x',
      value: 2.000_01,
      unit: 'ms',
      floor: 1,
      aims: [{ of: 'ratio', is: 'at most', limit: 2 }],
    });
    expect(close).toMatchObject({ ratio: 2, met: false });
  });

  test('without a floor cannot meet an aim on its ratio', () => {
    expect(figure({ name: 'x', value: 1, unit: 'ms', aims: [{ of: 'ratio', is: 'at most', limit: 2 }] }).met).toBe(
      false,
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('of %d was not measured', (value) => {
    expect(() => figure({ name: 'x', value, unit: 'ms' })).toThrow(RangeError);
  });

  test('beside a floor of nothing was not measured', () => {
    expect(() => figure({ name: 'x', value: 1, unit: 'ms', floor: 0 })).toThrow(RangeError);
  });
});
