import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** How the day is played. */
export interface Options {
  readonly minutes: number;
  readonly contacts: number;
  readonly seed: number;
}

export const usage = `npm run demo -- [--minutes N] [--contacts N] [--seed N]
Plays a day of the demo company against a running platform (npm start), through its public API.
  --minutes   how long the day takes, 0.2 to 60 (3)
  --contacts  how many people write, 1 to 5000 (45 a minute)
  --seed      the same seed plays the same day again (a new one each time)`;

const MOST_SEEDS = 1_000_000;
const CONTACTS_PER_MINUTE = 45;

/** Reads the command line. @returns `null` when only help is asked for. @throws Error that names the mistake */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      contacts: { type: 'string' },
      seed: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return null;
  const minutes = numberOf('minutes', values.minutes, 0.2, 60, false) ?? 3;
  return {
    minutes,
    contacts:
      numberOf('contacts', values.contacts, 1, 5_000, true) ?? Math.max(1, Math.round(CONTACTS_PER_MINUTE * minutes)),
    seed: numberOf('seed', values.seed, 0, 2 ** 32 - 1, true) ?? randomInt(MOST_SEEDS),
  };
}

function numberOf(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
  whole: boolean,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new Error(`--${name} is "${text}": write a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
}
