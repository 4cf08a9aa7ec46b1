import type { Figure } from '../figures.ts';
import type { Summary } from '../samples.ts';

/** A number as people read it: no more digits than it has meaning. */
export function shown(value: number): string {
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2).replace(/\.00$/, '');
}

const marks = (met: boolean | null): string => (met === null ? ' ' : met ? '✓' : '✗');

/** Every figure beside its floor and its aim. */
export function figureTable(figures: readonly Figure[]): string {
  return columns(
    ['', 'figure', 'value', 'floor', 'ratio', 'aim'],
    figures.map(({ name, value, unit, floor, ratio, aim, met }) => [
      marks(met),
      name,
      `${shown(value)} ${unit}`,
      floor === null ? '' : `${shown(floor)} ${unit}`,
      ratio === null ? '' : shown(ratio),
      aim ?? '',
    ]),
    [false, false, true, true, true, false],
  );
}

/** What each operation took at each number of callers. */
export function operationTable(
  rows: readonly { readonly name: string; readonly callers: number; readonly summary: Summary }[],
): string {
  return columns(
    ['operation', 'callers', 'p50 ms', 'p95 ms', 'p99 ms', 'per second', 'samples'],
    rows.map(({ name, callers, summary }) => [
      name,
      String(callers),
      shown(summary.p50),
      shown(summary.p95),
      shown(summary.p99),
      shown(summary.perSecond),
      String(summary.samples),
    ]),
    [false, true, true, true, true, true, true],
  );
}

function columns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  toTheRight: readonly boolean[],
): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => (toTheRight[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
