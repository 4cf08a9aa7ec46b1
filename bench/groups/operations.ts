import { elapsed } from '../../tools/local/progress.ts';
import { type Bench, LEVELS } from '../bench.ts';
import { type Figure, figure } from '../figures.ts';
import { type Job, linesOf, runLines, runPaced } from '../load.ts';
import { type Block, joined, Samples } from '../samples.ts';

/** How many samples a block takes of each command and of each read, by the number of callers. */
const SIZES = {
  1: { commands: 200, reads: 400 },
  16: { commands: 400, reads: 1_600 },
  64: { commands: 512, reads: 1_600 },
} as const;
const WARM_UP = { commands: 192, reads: 600 };
const QUICK = { commands: 32, reads: 64 };
/** One caller who leaves the machine the time to carry out what follows each accept. */
const PACED = { count: 200, quick: 20, everyMs: 100 };
/** The commands come in rounds: each conversation is accepted three times when everything is measured. */
const ROUNDS = 3;

/** Names under which the samples are kept; the operations' are those of the API. */
export const floors = {
  transaction: 'floor: transaction',
  item: 'floor: route',
  list: 'floor: route, 30 rows',
} as const;

/** Where the transaction floor is about this many a second, an unsafe claim reaches this many. */
const PEER = { transactions: 1_900, claims: 270 };

/**
 * Reads and commands over HTTP at each number of callers, beside the floors, in alternating blocks. With `everything`
 * also answering, declining, returning and transferring; else only what accepting needs.
 */
export async function measureOperations(bench: Bench, everything: boolean): Promise<Figure[]> {
  const blocks = bench.blocks;
  // The first requests of a process compile its code: they tell nothing of the next thousand.
  const warmUp = { ...bench, samples: new Samples() };
  await readBlock(warmUp, 16, WARM_UP.reads);
  await commandBlock(warmUp, 16, bench.quick ? QUICK.commands : WARM_UP.commands, everything);
  for (let block = 1; block <= blocks; block++) {
    bench.tell(`  operations: block ${block} of ${blocks}`);
    for (const callers of LEVELS) {
      const { commands, reads } = bench.quick ? QUICK : SIZES[callers];
      const from = performance.now();
      await readBlock(bench, callers, reads);
      if (bench.verbose) bench.tell(`    reads at ${callers}: ${elapsed(from)}`);
      await commandBlock(bench, callers, everything ? Math.ceil(commands / ROUNDS) : commands, everything);
      if (bench.verbose) bench.tell(`    reads and commands at ${callers}: ${elapsed(from)}`);
    }
    await pacedBlock(bench, bench.quick ? PACED.quick : PACED.count);
  }
  return [...figuresOf(bench), pacedFigure(bench)];
}

const paced = (name: string): string => `${name}, ${1_000 / PACED.everyMs} a second`;

/** Accepts and their floors at the same pace: what an accept takes while nothing of the one before it is under way. */
async function pacedBlock({ stock, http, floor, company, standing, samples, transactions }: Bench, count: number) {
  const [agent] = company.agents.values();
  const times = (job: (number: number) => Job): Promise<Block> =>
    runPaced(
      Array.from({ length: count }, (_unused, number) => job(number)),
      PACED.everyMs,
    );
  const { ids } = await stock.begin(count, 8);
  const held = await stock.settled(ids, 'offered');
  samples.add(
    paced(floors.item),
    1,
    await times(
      (number) => () =>
        floor.ask(0, { method: 'GET', path: `/item/${standing[number % standing.length]}`, token: agent!.token }),
    ),
  );
  samples.add(paced(floors.transaction), 1, await times(() => () => transactions.run(1, 1)));
  samples.add(
    paced('accept'),
    1,
    await times((number) => () => {
      const { id, agent: owner, offerId } = held[number]!;
      const path = `/v1/conversations/${id}/accept`;
      return http.ask(0, { method: 'POST', path, token: owner.token, body: { offerId } });
    }),
  );
  const owned = await stock.settled(ids, 'assigned');
  await stock.command(owned, 8, 'close');
  await stock.settled(ids, 'closed');
}

function pacedFigure({ samples }: Bench): Figure {
  const p50 = (name: string): number => samples.summary(paced(name), 1).p50;
  return figure({
    name: `${paced('accept, p50, 1 caller')} (floor: route + transaction, at the same pace)`,
    value: p50('accept'),
    unit: 'ms',
    floor: p50(floors.item) + p50(floors.transaction),
    aims: [{ of: 'ratio', is: 'at most', limit: 2 }],
  });
}

async function readBlock(
  { http, floor, company, standing, samples, transactions }: Bench,
  callers: number,
  count: number,
) {
  const agents = [...company.agents.values()];
  /** The same request by every agent in turn, each over their own connection. */
  const reads = (through: typeof http, path: (number: number) => string): Promise<Block> => {
    const numbers = Array.from({ length: count }, (_unused, number) => number);
    return runLines(
      linesOf(numbers, callers, (number) => number).map((line, caller) =>
        line.map((number): Job => {
          const { token } = agents[number % agents.length]!;
          return () => through.ask(caller, { method: 'GET', path: path(number), token });
        }),
      ),
    );
  };
  const idOf = (number: number): string => standing[number % standing.length]!;
  const item = await reads(floor, (number) => `/item/${idOf(number)}`);
  samples.add(floors.item, callers, item);
  samples.add(floors.transaction, callers, await transactions.run(callers, count));
  samples.add('read one', callers, await reads(http, (number) => `/v1/conversations/${idOf(number)}`));
  samples.add(floors.list, callers, await reads(floor, () => `/list/${company.reception.id}`));
  samples.add('list 30', callers, await reads(http, () => '/v1/conversations?view=sector&limit=30'));
}

async function commandBlock({ stock, company, samples }: Bench, callers: number, count: number, everything: boolean) {
  const { ids, block: begun } = await stock.begin(count, callers);
  samples.add('message in', callers, begun);
  const accepts: Block[] = [];
  const accept = async (): Promise<void> => {
    const held = await stock.settled(ids, 'offered');
    accepts.push(await stock.command(held, callers, 'accept', ({ offerId }) => ({ offerId })));
  };
  await accept();
  if (everything) {
    const owned = await stock.settled(ids, 'assigned');
    samples.add(
      'answer',
      callers,
      await stock.command(owned, callers, 'messages', () => ({ text: 'Bom dia, pois não?' })),
    );
    samples.add('return', callers, await stock.command(owned, callers, 'return'));
    const offered = await stock.settled(ids, 'offered');
    samples.add('decline', callers, await stock.command(offered, callers, 'decline', ({ offerId }) => ({ offerId })));
    await accept();
    const taken = await stock.settled(ids, 'assigned');
    let number = 0;
    const elsewhere = (): unknown => ({ sectorId: company.sectors[number++ % company.sectors.length]!.id });
    samples.add('transfer', callers, await stock.command(taken, callers, 'transfer', elsewhere));
    await accept();
  }
  samples.add('accept', callers, joined(accepts));
  const owned = await stock.settled(ids, 'assigned');
  samples.add('close', callers, await stock.command(owned, callers, 'close'));
  await stock.settled(ids, 'closed');
}

function figuresOf({ samples }: Bench): Figure[] {
  const [one, many] = [1, 16];
  const route = samples.summary(floors.item, one);
  const transaction = samples.summary(floors.transaction, one);
  const accept = samples.summary('accept', one);
  const routes = samples.summary(floors.item, many);
  const transactions = samples.summary(floors.transaction, many);
  // A slower disk slows the claim and its floor alike.
  const claims = (PEER.claims * transactions.perSecond) / PEER.transactions;
  const list = samples.summary('list 30', one);
  return [
    ...[floors.transaction, floors.item, floors.list].flatMap((name) => [
      figure({ name: `${name}, p50, 1 caller`, value: samples.summary(name, one).p50, unit: 'ms' }),
      figure({ name: `${name}, throughput, 16 callers`, value: samples.summary(name, many).perSecond, unit: '/s' }),
    ]),
    figure({
      name: 'accept, p50, 1 caller (floor: route + transaction)',
      value: accept.p50,
      unit: 'ms',
      floor: route.p50 + transaction.p50,
      aims: [{ of: 'ratio', is: 'at most', limit: 2 }],
    }),
    figure({
      name: 'accept, p99, 1 caller (floor: p99 of route + p99 of transaction)',
      value: accept.p99,
      unit: 'ms',
      floor: route.p99 + transaction.p99,
      aims: [{ of: 'ratio', is: 'at most', limit: 3 }],
    }),
    figure({
      name: `accept, throughput, 16 callers (floor: route; ${PEER.claims}/s scaled by transaction floor / ${PEER.transactions})`,
      value: samples.summary('accept', many).perSecond,
      unit: '/s',
      floor: routes.perSecond,
      aims: [
        { of: 'ratio', is: 'at least', limit: 0.5 },
        { of: 'value', is: 'above', limit: claims },
      ],
    }),
    figure({
      name: 'list of 30, p50, 1 caller (floor: route, 30 rows)',
      value: list.p50,
      unit: 'ms',
      floor: samples.summary(floors.list, one).p50,
      aims: [{ of: 'ratio', is: 'at most', limit: 2 }],
    }),
    figure({
      name: 'list of 30, p50, 1 caller, beside the route of one row',
      value: list.p50,
      unit: 'ms',
      floor: route.p50,
    }),
  ];
}
