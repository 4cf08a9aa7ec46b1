import type { Company } from './company.ts';
import { percentile, type AgentFigures, type Report } from './report.ts';
import type { Tally } from './tally.ts';

const columns: readonly [string, keyof AgentFigures][] = [
  ['first offers', 'firstOffers'],
  ['offers', 'offers'],
  ['accepted', 'accepted'],
  ['declined', 'declined'],
  ['expired', 'expired'],
  ['revoked', 'revoked'],
  ['taken open', 'taken'],
  ['automatic', 'automatic'],
];

/** The report for people, as it was read back from the API. */
export function printed(report: Report, company: Company, tally: Tally): string {
  const people = [company.secretary, ...company.salespeople];
  const sections = [
    table(
      ['', ...columns.map(([title]) => title)],
      people.map(({ id, name }) => [
        name,
        ...columns.map(([, figure]) => String(report.agents.get(id)?.[figure] ?? 0)),
      ]),
    ),
    table(
      ['waits', 'p50', 'p90', 'max', 'of'],
      [
        ['first message → first offer', ...measures(report.waits.toFirstOffer)],
        ['first message → first assignment', ...measures(report.waits.toFirstAssignment)],
        ['offer possible → offer made', ...measures(report.waits.toBeOffered)],
      ],
    ),
    table(['outcomes', ''], counts(report.outcomes)),
    table(['still open', ''], report.stillOpen.size > 0 ? counts(report.stillOpen) : [['none', '0']]),
    table(
      ['answered 409 (too late, as expected)', ''],
      tally.conflicts.size > 0 ? counts(tally.conflicts) : [['none', '0']],
    ),
  ];
  const head = `${report.conversations} conversations, read back from the API; ${tally.requests} requests, ${tally.repeated} sent again.`;
  return [head, ...sections].join('\n\n');
}

/** What should not have happened, one line each; empty when all went well. */
export const surprises = (tally: Tally): string[] =>
  [...tally.surprises].map(([what, times]) => `  ${times} × ${what}`);

const counts = (numbers: ReadonlyMap<string, number>): string[][] =>
  [...numbers].toSorted(([, a], [, b]) => b - a).map(([name, number]) => [name, String(number)]);

function measures(values: readonly number[]): string[] {
  return [...[0.5, 0.9, 1].map((part) => duration(percentile(values, part))), String(values.length)];
}

function duration(ms: number | null): string {
  if (ms === null) return '–';
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Columns side by side: the first to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const shown = lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const [title = '', ...others] = shown;
  return [title, '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2)), ...others].join('\n');
}
