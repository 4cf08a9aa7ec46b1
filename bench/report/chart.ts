import type { Summary } from '../samples.ts';
import { shown } from './table.ts';

/** What one operation took at each number of callers. */
export interface Curve {
  readonly name: string;
  readonly points: readonly { readonly callers: number; readonly summary: Pick<Summary, 'p50' | 'p95' | 'p99'> }[];
}

const PANEL = { width: 260, height: 190, left: 44, right: 12, top: 28, bottom: 30 } as const;
const COLUMNS = 4;
const HEAD = 46;
const lines = [
  { of: 'p50', color: '#2563eb' },
  { of: 'p95', color: '#d97706' },
  { of: 'p99', color: '#dc2626' },
] as const;

/** Latency against load: a panel for each operation, all with the same logarithmic axes. */
export function latencyChart(curves: readonly Curve[], title: string): string {
  const rows = Math.ceil(curves.length / COLUMNS);
  const width = COLUMNS * PANEL.width;
  const height = HEAD + rows * PANEL.height;
  const callers = curves.flatMap(({ points }) => points.map((point) => point.callers));
  const ms = curves.flatMap(({ points }) => points.flatMap(({ summary }) => lines.map(({ of }) => summary[of])));
  const x = scale(range(callers), [PANEL.left, PANEL.width - PANEL.right]);
  const y = scale(decades(ms), [PANEL.height - PANEL.bottom, PANEL.top]);
  const legend = lines.map(
    ({ of, color }, n) => `<text x="${width - 150 + n * 48}" y="20" fill="${color}" font-weight="bold">${of}</text>`,
  );
  const panels = curves.map((curve, n) => {
    const at = `translate(${(n % COLUMNS) * PANEL.width} ${HEAD + Math.floor(n / COLUMNS) * PANEL.height})`;
    return `<g transform="${at}">${panel(curve, x, y, decades(ms))}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    `<text x="12" y="37" fill="#555">milliseconds against callers side by side; both axes logarithmic</text>`,
    ...legend,
    ...panels,
    '</svg>',
    '',
  ].join('\n');
}

type Scale = (value: number) => number;

function panel({ name, points }: Curve, x: Scale, y: Scale, [least, most]: readonly [number, number]): string {
  const ticks: string[] = [];
  for (let value = least; value <= most * 1.001; value *= 10) {
    const at = y(value).toFixed(1);
    ticks.push(
      `<line x1="${PANEL.left}" x2="${PANEL.width - PANEL.right}" y1="${at}" y2="${at}" stroke="#e5e5e5"/>`,
      `<text x="${PANEL.left - 5}" y="${at}" text-anchor="end" dominant-baseline="middle" fill="#555">${shown(value)}</text>`,
    );
  }
  const marks = points.map(
    ({ callers }) =>
      `<text x="${x(callers).toFixed(1)}" y="${PANEL.height - PANEL.bottom + 15}" text-anchor="middle" fill="#555">${callers}</text>`,
  );
  const drawn = lines.map(({ of, color }) => {
    const places = points.map(({ callers, summary }) => `${x(callers).toFixed(1)},${y(summary[of]).toFixed(1)}`);
    const dots = places.map((place) => {
      const [cx, cy] = place.split(',');
      return `<circle cx="${cx}" cy="${cy}" r="2.5" fill="${color}"/>`;
    });
    return `<polyline points="${places.join(' ')}" fill="none" stroke="${color}" stroke-width="1.5"/>${dots.join('')}`;
  });
  return [
    `<text x="${PANEL.left}" y="18" font-weight="bold">${escaped(name)}</text>`,
    ...ticks,
    ...marks,
    ...drawn,
  ].join('');
}

/** From a range of values to a range of places, logarithmic; a single value stands in the middle. */
function scale([least, most]: readonly [number, number], [from, to]: readonly [number, number]): Scale {
  const [low, high] = [Math.log(least), Math.log(most)];
  return (value) => (high === low ? (from + to) / 2 : from + ((Math.log(value) - low) / (high - low)) * (to - from));
}

const range = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** The powers of ten around the values. */
function decades(values: readonly number[]): [number, number] {
  const [least, most] = range(values);
  return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))];
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
