import { parseArgs } from 'node:util';

/** The parts of a run, in the order in which they are made. */
export const groups = [
  'accept',
  'operations',
  'lifecycle',
  'history',
  'size',
  'people',
  'stream',
  'punctual',
  'crowd',
  'statements',
] as const;
export type Group = (typeof groups)[number];

/** What a run is told on the command line. */
export interface BenchOptions {
  readonly only: ReadonlySet<Group>;
  /** A smoke run: everything is done, with too few samples to mean anything. */
  readonly quick: boolean;
  /** The median of so many blocks decides. */
  readonly blocks: number;
  /** Tells what stands behind the figures: the statements of each command, say. */
  readonly verbose: boolean;
  readonly help: boolean;
  /** Where the figures go as JSON. */
  readonly json: string | null;
  /** A folder for CPU profiles of API and worker processes. */
  readonly profile: string | null;
  /** Where the chart goes. */
  readonly chart: string | null;
}

export const USAGE = `Usage: npm run bench -- [--only GROUP[,GROUP…]] [--blocks 5] [--quick] [--verbose] [--json FILE] [--chart FILE] [--profile FOLDER] [--help]
Groups: ${groups.join(', ')}; all of them unless told otherwise.
The median of the blocks decides; --blocks 1 is for a first look.
--quick makes a few samples of everything, to see that it runs; its figures mean nothing.
--verbose tells what stands behind a figure, such as the statements of each command.
--profile writes CPU profiles of APIs and workers; measured times are then those of profiled processes.`;

/** Reads the command line. @throws Error in words for people */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      quick: { type: 'boolean', default: false },
      blocks: { type: 'string', default: '5' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      json: { type: 'string' },
      chart: { type: 'string' },
      profile: { type: 'string' },
    },
  });
  const asked = values.only.flatMap((text) => text.split(',')).map((name) => name.trim());
  for (const name of asked) {
    if (!isGroup(name)) throw new Error(`--only is "${name}": there is no such group.\n${USAGE}`);
  }
  const blocks = Number(values.blocks);
  if (!Number.isInteger(blocks) || blocks < 1 || blocks > 15)
    throw new Error(`--blocks is "${values.blocks}": it must be a whole number from 1 to 15.\n${USAGE}`);
  return {
    only: new Set(asked.length === 0 ? groups : asked.filter(isGroup)),
    quick: values.quick,
    blocks: values.quick ? 1 : blocks,
    verbose: values.verbose,
    help: values.help,
    json: values.json ?? null,
    chart: values.chart ?? null,
    profile: values.profile ?? null,
  };
}

const isGroup = (name: string): name is Group => (groups as readonly string[]).includes(name);
