import type { Checked } from './checker/check.ts';
import type { Kill } from './killer.ts';

/** The result of a run, as it is written to the JSON file. */
export interface ChaosResult {
  readonly seed: number;
  readonly conversations: number;
  readonly kills: Readonly<Record<Kill['kind'], number>>;
  readonly checked: readonly {
    readonly property: string;
    readonly cases: number;
    readonly violations: readonly string[];
  }[];
  readonly longestRecoverySeconds: number;
  /** What else is worth knowing. */
  readonly run: Readonly<Record<string, number>>;
}

const SHOWN = 8;

/** The result for people. */
export function table(checked: readonly Checked[]): string {
  const width = Math.max(...checked.map(({ name }) => name.length));
  const rows = checked.map(({ name, rules, cases, violations }) => {
    const mark = violations.length === 0 ? '✓' : '✗';
    const broken = violations.slice(0, SHOWN).map((violation) => `      ${violation}`);
    const more = violations.length > SHOWN ? [`      … and ${violations.length - SHOWN} more`] : [];
    const line = `${mark} ${name.padEnd(width)}  ${String(cases).padStart(7)} cases  ${String(violations.length).padStart(4)} broken  (${rules})`;
    return [line, ...broken, ...more].join('\n');
  });
  return rows.join('\n');
}

export const countKills = (kills: readonly Kill[]): ChaosResult['kills'] => {
  const count = { api: 0, worker: 0, temporal: 0, postgres: 0 };
  for (const { kind } of kills) count[kind]++;
  return count;
};
