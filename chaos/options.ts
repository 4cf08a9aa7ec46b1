import { parseArgs } from 'node:util';

/** What a run is told on the command line. */
export interface ChaosOptions {
  readonly help: boolean;
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

export const USAGE = `Usage: npm run chaos -- [options]

Plays seeded traffic on PostgreSQL, Temporal, two workers and two APIs of its own, on loopback, kills them with SIGKILL
at random, cuts and slows the ways between them, and then checks every property of the routing rules from what is left.
It takes four to eight minutes. Ends with 0 when every property holds, 1 when one is broken, 130 when it was stopped.

  --seed N             who does what, and what is killed in which order; a random one, which is printed, unless given
  --conversations N    how many contacts begin one at least (500)
  --kills N            how many parts are killed (20); 0 is a calm run
  --json FILE          writes {seed, conversations, kills, checked, longestRecoverySeconds}
  --snapshot FILE      writes everything that was checked; without it, it is kept only when something is broken
  --check FILE         checks such a snapshot again, and does nothing else
  --help               tells this`;

/** Reads the command line. @throws Error in words for people */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parsed(args);
  const whole = (name: string, text: string, most: number): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number <= most) return number;
    throw new Error(`--${name} is "${text}": it must be a whole number from 0 to ${most}.\n\n${USAGE}`);
  };
  return {
    help: values.help,
    seed: values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : whole('seed', values.seed, 4_294_967_295),
    conversations: whole('conversations', values.conversations, 20_000),
    kills: whole('kills', values.kills, 1_000),
    json: values.json ?? null,
    snapshot: values.snapshot ?? null,
    check: values.check ?? null,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', default: false },
        seed: { type: 'string' },
        conversations: { type: 'string', default: '500' },
        kills: { type: 'string', default: '20' },
        json: { type: 'string' },
        snapshot: { type: 'string' },
        check: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, { cause: error });
  }
}
