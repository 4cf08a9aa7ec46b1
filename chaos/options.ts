import { parseArgs } from 'node:util';

/** What a run is told on the command line. */
export interface ChaosOptions {
  /** Decides who does what and what is killed when; the moments of the machine are its own. */
  readonly seed: number;
  readonly conversations: number;
  readonly kills: number;
  /** Where the result goes as JSON. */
  readonly json: string | null;
  /** Where the snapshot goes that was checked; else it is kept only when something is broken. */
  readonly snapshot: string | null;
  /** Checks a snapshot that a former run has kept, and does nothing else. */
  readonly check: string | null;
}

export const USAGE =
  'Usage: npm run chaos -- [--seed N] [--conversations 500] [--kills 20] [--json FILE] [--snapshot FILE] [--check FILE]';

/** Reads the command line. @throws Error in words for people */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      conversations: { type: 'string', default: '500' },
      kills: { type: 'string', default: '20' },
      json: { type: 'string' },
      snapshot: { type: 'string' },
      check: { type: 'string' },
    },
  });
  const whole = (name: string, text: string, most: number): number => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= 0 && number <= most) return number;
    throw new Error(`--${name} is "${text}": it must be a whole number from 0 to ${most}.\n${USAGE}`);
  };
  return {
    seed: values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : whole('seed', values.seed, 4_294_967_295),
    conversations: whole('conversations', values.conversations, 20_000),
    kills: whole('kills', values.kills, 1_000),
    json: values.json ?? null,
    snapshot: values.snapshot ?? null,
    check: values.check ?? null,
  };
}
