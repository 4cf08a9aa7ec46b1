import { describe, expect, test } from 'vitest';
import { figure } from '../../bench/figures.ts';
import { latencyChart } from '../../bench/report/chart.ts';
import { figureTable, operationTable, shown } from '../../bench/report/table.ts';

const summary = { samples: 1_000, blocks: 5, p50: 4, p95: 9.5, p99: 123.4, perSecond: 250 };

describe('the table', () => {
  test('puts every figure beside its floor and aim, and says whether it is met', () => {
    const [head, , met, missed, told] = figureTable([
      figure({ name: 'accept', value: 6, unit: 'ms', floor: 4, aims: [{ of: 'ratio', is: 'at most', limit: 2 }] }),
      figure({ name: 'events', value: 30, unit: 'events', aims: [{ of: 'value', is: 'at most', limit: 25 }] }),
      figure({ name: 'bytes', value: 4_751, unit: 'bytes' }),
    ]).split('\n');
    expect(head).toMatch(/figure +value +floor +ratio +aim/);
    expect(met).toMatch(/^✓ +accept +6 ms +4 ms +1\.50 +ratio ≤ 2$/);
    expect(missed).toMatch(/^✗ +events +30\.0 events +value ≤ 25$/);
    expect(told).toMatch(/^ +bytes +4751 bytes$/);
  });

  test('of operations has a line for each number of callers', () => {
    const lines = operationTable([{ name: 'accept', callers: 16, summary }]).split('\n');
    expect(lines.at(-1)).toMatch(/^accept +16 +4 +9\.50 +123 +250 +1000$/);
  });

  test('shows no more digits than a number has meaning', () => {
    expect([0.123_4, 4, 12.34, 1_234.5].map(shown)).toEqual(['0.12', '4', '12.3', '1235']);
  });
});

describe('the chart', () => {
  const points = [
    { callers: 1, summary },
    { callers: 64, summary: { ...summary, p50: 40, p95: 95, p99: 900 } },
  ];

  test('draws each operation with its percentiles, higher where it took longer', () => {
    const svg = latencyChart([{ name: 'accept', points }], 'Latency');
    expect(svg.match(/<polyline/g)).toHaveLength(3);
    const heights = [...svg.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(6);
    // Of p50, one caller and 64; further down is a larger y.
    expect(heights[0]).toBeGreaterThan(heights[1]!);
    expect(heights[0]).toBeGreaterThan(heights[4]!);
  });

  test('is well-formed whatever the names', () => {
    const svg = latencyChart([{ name: 'a < b & "c"', points }], '<title>');
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg).not.toContain('<title>');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('of a single number of callers has no broken places', () => {
    expect(latencyChart([{ name: 'accept', points: points.slice(0, 1) }], 'x')).not.toMatch(/NaN|Infinity/);
  });
});
