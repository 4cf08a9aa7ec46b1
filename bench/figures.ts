/** A limit that a figure should keep: its value, or its ratio to the floor. */
export interface Aim {
  readonly of: 'value' | 'ratio';
  readonly is: 'at most' | 'at least' | 'above';
  readonly limit: number;
}

/** One measured figure beside its floor, as it is printed and written to JSON. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same thing at its barest, measured in the same run; `null`: there is none. */
  readonly floor: number | null;
  /** `value` divided by `floor`. */
  readonly ratio: number | null;
  /** In words; `null`: told for information. */
  readonly aim: string | null;
  /** Whether every aim holds; `null` without one. */
  readonly met: boolean | null;
}

const signs = { 'at most': '≤', 'at least': '≥', above: '>' } as const;

/**
 * Makes a figure and judges it by its aims, all of which must hold.
 * @throws RangeError for a value that is no number: it was not measured.
 */
export function figure(of: {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly floor?: number;
  readonly aims?: readonly Aim[];
}): Figure {
  const { name, value, unit, floor = null, aims = [] } = of;
  const ratio = floor === null ? null : value / floor;
  if (!Number.isFinite(value) || (ratio !== null && !Number.isFinite(ratio)))
    throw new RangeError(`"${name}" was not measured: ${value} ${unit} beside ${floor}.`);
  return {
    name,
    value: rounded(value),
    unit,
    floor: floor === null ? null : rounded(floor),
    ratio: ratio === null ? null : rounded(ratio),
    aim: aims.length === 0 ? null : aims.map(wordsOf).join(' and '),
    met: aims.length === 0 ? null : aims.every((aim) => holds(aim, value, ratio)),
  };
}

function holds({ of, is, limit }: Aim, value: number, ratio: number | null): boolean {
  const measured = of === 'value' ? value : ratio;
  if (measured === null) return false;
  switch (is) {
    case 'at most':
      return measured <= limit;
    case 'at least':
      return measured >= limit;
    case 'above':
      return measured > limit;
  }
}

const wordsOf = ({ of, is, limit }: Aim): string => `${of} ${signs[is]} ${rounded(limit)}`;

/** Four significant digits: more would claim more than was measured. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
