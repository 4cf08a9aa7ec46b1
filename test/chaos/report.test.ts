import { describe, expect, test } from 'vitest';
import type { Checked } from '../../chaos/checker/check.ts';
import { ReadinessLog } from '../../chaos/recovery.ts';
import { isProven, resultOf, table } from '../../chaos/report.ts';
import { readOptions } from '../../chaos/options.ts';
import { soundSnapshot } from './soundSnapshot.ts';

const checked = (cases: number, violations: readonly string[] = []): Checked => ({
  property: 'oneOwner',
  name: 'one owner',
  rules: 'R15',
  cases,
  violations,
});

describe('the result of a run', () => {
  const played = {
    snapshot: soundSnapshot(),
    kills: [
      { kind: 'api', name: 'API 1', at: 1, startedAgainAt: 2 },
      { kind: 'postgres', name: 'PostgreSQL', at: 3, startedAgainAt: 4 },
      { kind: 'api', name: 'API 2', at: 5, startedAgainAt: 6 },
    ],
    readiness: new ReadinessLog(),
    cuts: 1,
    slowSpells: 2,
    restSeconds: 3,
  } as const;

  test('is written with seed, conversations, kills, what was checked and the longest recovery, and nothing else', () => {
    const result = resultOf(7, played, [checked(3, ['two owners'])]);
    expect(Object.keys(result)).toEqual(['seed', 'conversations', 'kills', 'checked', 'longestRecoverySeconds']);
    expect(result).toMatchObject({
      seed: 7,
      conversations: 7,
      kills: { api: 2, worker: 0, temporal: 0, postgres: 1 },
      checked: [{ property: 'oneOwner', cases: 3, violations: ['two owners'] }],
    });
    expect(Object.keys(result.checked[0]!)).toEqual(['property', 'cases', 'violations']);
  });

  test('is bad as soon as one property is broken', () => {
    expect(isProven([checked(3), checked(2)])).toBe(true);
    expect(isProven([checked(3), checked(2, ['two owners'])])).toBe(false);
  });

  test('says of a property without a case that nothing is proved of it', () => {
    expect(table([checked(3)])).toMatch(/^✓ one owner/);
    expect(table([checked(0)])).toMatch(/^– one owner[^]*nothing is proved of them/);
    expect(table([checked(0, ['two owners'])])).toMatch(/^✗ one owner[^]*two owners/);
  });
});

describe('the command line of a run', () => {
  test('gives the seed, the numbers and the files', () => {
    expect(readOptions(['--seed', '42', '--json', 'out.json', '--kills', '0'])).toMatchObject({
      seed: 42,
      json: 'out.json',
      kills: 0,
      conversations: 500,
      help: false,
    });
  });

  test('draws a seed where none is given', () => {
    expect(Number.isInteger(readOptions([]).seed)).toBe(true);
  });

  test.each([
    [['--seed', 'x'], '--seed is "x": it must be a whole number from 0 to 4294967295'],
    [['--kills', '1.5'], '--kills is "1.5"'],
    [['--conversations', ''], '--conversations is ""'],
    [['--sed', '1'], "Unknown option '--sed'"],
  ])('refuses %j and tells how it is used', (args, words) => {
    expect(() => readOptions(args)).toThrow(words);
    expect(() => readOptions(args)).toThrow('Usage: npm run chaos');
  });
});
