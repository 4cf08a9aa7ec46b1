import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { type Figure, figure } from '../figures.ts';
import { beside, callsOf, type Counted, statementsDuring, tracked } from '../statements.ts';
import type { Held } from '../stock.ts';

const TIMES = 20;
/** Long enough that nothing of one command is done together with the next one. */
const APART_MS = 400;
/** Two rounds of the sweeps, the slowest of what runs by the clock. */
const IDLE_MS = 22_000;
const COMMAND = 12;
const LIST = 4;

/**
 * The SQL statements of each command and of the list, in API and workers together, with everything that follows from
 * it (the workflow's step, the wake-up, the event's position); counted in the database.
 */
export async function countStatements(bench: Bench): Promise<Figure[]> {
  const { database, stock, company, http } = bench;
  const times = bench.quick ? 2 : TIMES;
  return tracked(database, async () => {
    const idle = await statementsDuring(database, () => sleep(IDLE_MS));
    const count = async (name: string, most: number, jobs: readonly (() => Promise<unknown>)[]): Promise<Figure> => {
      const from = performance.now();
      const all = await statementsDuring(database, async () => {
        for (const job of jobs) {
          await job();
          await sleep(APART_MS);
        }
      });
      const counted = beside(all, idle, (performance.now() - from) / IDLE_MS);
      tellOf(bench, name, counted, jobs.length);
      return figure({
        name: `SQL statements, ${name}`,
        value: Math.round((callsOf(counted) / jobs.length) * 10) / 10,
        unit: 'statements',
        aims: [{ of: 'value', is: 'at most', limit: most }],
      });
    };
    const agent = [...company.agents.values()][0]!;
    const list = (): Promise<unknown> =>
      http.ask(0, { method: 'GET', path: '/v1/conversations?view=sector&limit=30', token: agent.token });
    const command =
      (name: string, body: (one: Held) => unknown = () => ({})) =>
      (one: Held) =>
      () =>
        stock.command([one], 1, name, body);
    const figures = [
      await count(
        'list of 30',
        LIST,
        Array.from({ length: times }, () => list),
      ),
    ];
    const ids: string[] = [];
    figures.push(
      await count(
        'message in (with the first offer)',
        COMMAND,
        Array.from({ length: times }, (_unused, number) => async () => {
          ids.push(await stock.write(0, company.sectors[number % company.sectors.length]!));
        }),
      ),
    );
    const accept = command('accept', ({ offerId }) => ({ offerId }));
    const offered = await stock.settled(ids, 'offered');
    figures.push(
      await count(
        'decline (with the next offer)',
        COMMAND,
        offered.map(command('decline', ({ offerId }) => ({ offerId }))),
      ),
    );
    figures.push(await count('accept', COMMAND, (await stock.settled(ids, 'offered')).map(accept)));
    const owned = await stock.settled(ids, 'assigned');
    figures.push(await count('answer', COMMAND, owned.map(command('messages', () => ({ text: 'Bom dia!' })))));
    figures.push(await count('return (with the next offer)', COMMAND, owned.map(command('return'))));
    for (const one of await stock.settled(ids, 'offered')) await accept(one)();
    const elsewhere = command('transfer', () => ({ sectorId: company.sectors[0]!.id }));
    figures.push(
      await count('transfer (with the next offer)', COMMAND, (await stock.settled(ids, 'assigned')).map(elsewhere)),
    );
    for (const one of await stock.settled(ids, 'offered')) await accept(one)();
    figures.push(await count('close', COMMAND, (await stock.settled(ids, 'assigned')).map(command('close'))));
    return figures;
  });
}

const SHOWN = 150;

function tellOf({ tell, verbose }: Bench, name: string, counted: readonly Counted[], times: number): void {
  if (!verbose) return;
  tell(`\n  ${name}:`);
  for (const { query, calls, ms } of counted)
    tell(
      `  ${(calls / times).toFixed(1).padStart(5)} × ${(ms / Math.max(calls, 1)).toFixed(2)} ms  ${query.replaceAll(/\s+/g, ' ').slice(0, SHOWN)}`,
    );
}
