import type { Checked } from './checker/check.ts';
import { figuresOf } from './figures.ts';
import type { Kill } from './killer.ts';
import type { Played } from './play.ts';
import { recoveries } from './recovery.ts';

/** The result of a run, as it is written to the JSON file. */
interface ChaosResult {
  readonly seed: number;
  readonly conversations: number;
  readonly kills: Readonly<Record<Kill['kind'], number>>;
  readonly checked: readonly {
    readonly property: string;
    readonly cases: number;
    readonly violations: readonly string[];
  }[];
  readonly longestRecoverySeconds: number;
}

const SHOWN = 8;

export const resultOf = (seed: number, played: Played, checked: readonly Checked[]): ChaosResult => ({
  seed,
  conversations: played.snapshot.conversations.length,
  kills: countKills(played.kills),
  checked: checked.map(({ property, cases, violations }) => ({ property, cases, violations })),
  longestRecoverySeconds: longestRecovery(played),
});

export const isProven = (checked: readonly Checked[]): boolean =>
  checked.every(({ violations }) => violations.length === 0);

/** The result for people; a property of which the run had no case is not proven by it, and said so. */
export function table(checked: readonly Checked[]): string {
  const width = Math.max(...checked.map(({ name }) => name.length));
  const rows = checked.map(({ name, rules, cases, violations }) => {
    const mark = violations.length > 0 ? '✗' : cases === 0 ? '–' : '✓';
    const broken = violations.slice(0, SHOWN).map((violation) => `      ${violation}`);
    const more = violations.length > SHOWN ? [`      … and ${violations.length - SHOWN} more`] : [];
    const line = `${mark} ${name.padEnd(width)}  ${String(cases).padStart(7)} cases  ${String(violations.length).padStart(4)} broken  (${rules})`;
    return [line, ...broken, ...more].join('\n');
  });
  const without = checked.filter(({ cases, violations }) => cases === 0 && violations.length === 0).length;
  if (without > 0) rows.push(`\n${without} marked – had no case in this run: nothing is proved of them.`);
  return rows.join('\n');
}

/** What else is worth reading: how long things took, which depends on the machine as well. */
export function figures(played: Played): string {
  const { snapshot, restSeconds } = played;
  const repeated = snapshot.calls.reduce((sum, { attempts }) => sum + attempts - 1, 0);
  const late = Object.entries(figuresOf(snapshot)).map(([name, ms]) => `${name} ${ms}`);
  return [
    `At rest after ${restSeconds.toFixed(1)} s. Longest recovery after a part was back: ${longestRecovery(played).toFixed(1)} s.`,
    `${snapshot.offers.length} offers, ${snapshot.events.length} events, ${repeated} requests repeated; ${late.join(', ')}.`,
  ].join('\n');
}

const longestRecovery = ({ kills, snapshot, readiness }: Played): number =>
  Math.max(0, ...recoveries(kills, snapshot, readiness));

function countKills(kills: readonly Kill[]): ChaosResult['kills'] {
  const count = { api: 0, worker: 0, temporal: 0, postgres: 0 };
  for (const { kind } of kills) count[kind]++;
  return count;
}
