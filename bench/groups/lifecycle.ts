import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { type Figure, figure } from '../figures.ts';
import { linesOf, runLines } from '../load.ts';
import type { Block } from '../samples.ts';

/** Side by side: enough that the machine, not waiting, decides. */
const CALLERS = 32;
const SIZE = 250;
const FIRST_OFFERS = 200;
const QUICK = 20;
const LOOK_MS = 25;
const OFFER_MS = 60_000;

export const workflowFloor = 'floor: workflow';
const firstTask = 'floor: workflow, start to first task';

/**
 * Whole lifecycles (message in, offer, accept, close; the workflow's completion included) beside the empty workflow,
 * and the time until the first offer beside the time until the empty workflow's first task.
 */
export async function measureLifecycles(bench: Bench): Promise<Figure[]> {
  const { samples, workflows, tell } = bench;
  const blocks = bench.blocks;
  const [size, offers] = bench.quick ? [QUICK, QUICK] : [SIZE, FIRST_OFFERS];
  await workflows.run(CALLERS, Math.ceil(size / 2));
  await lifecycles(bench, Math.ceil(size / 2));
  for (let block = 1; block <= blocks; block++) {
    tell(`  lifecycle: block ${block} of ${blocks}`);
    samples.add(workflowFloor, CALLERS, await workflows.run(CALLERS, size));
    samples.add('lifecycle', CALLERS, await lifecycles(bench, size));
    samples.add(firstTask, 1, await workflows.firstTasks(offers));
    samples.add('message in to first offer', 1, await firstOffers(bench, offers));
  }
  const [floor, whole] = [samples.summary(workflowFloor, CALLERS), samples.summary('lifecycle', CALLERS)];
  const [task, offer] = [samples.summary(firstTask, 1), samples.summary('message in to first offer', 1)];
  return [
    figure({
      name: `lifecycle (message in, offer, accept, close), throughput, ${CALLERS} at a time (floor: workflow)`,
      value: whole.perSecond,
      unit: '/s',
      floor: floor.perSecond,
      aims: [{ of: 'ratio', is: 'at least', limit: 0.6 }],
    }),
    figure({
      name: 'message in to committed first offer, p50, 1 caller (floor: workflow, start to first task)',
      value: offer.p50,
      unit: 'ms',
      floor: task.p50,
      aims: [{ of: 'ratio', is: 'at most', limit: 2.5 }],
    }),
  ];
}

/** How many empty workflows a second the server and two workers do: measured here unless it was before. */
export async function floorRate({ samples, workflows, quick }: Bench): Promise<number> {
  if (!samples.has(workflowFloor, CALLERS)) {
    await workflows.run(CALLERS, quick ? QUICK : SIZE / 2);
    for (let block = 0; block < (quick ? 1 : 3); block++)
      samples.add(workflowFloor, CALLERS, await workflows.run(CALLERS, quick ? QUICK : SIZE));
  }
  return samples.summary(workflowFloor, CALLERS).perSecond;
}

/** A duration is the time of one lifecycle's callers; the block ends when every workflow has completed. */
async function lifecycles(bench: Bench, count: number): Promise<Block> {
  const { stock, company, http, store } = bench;
  const offers = watchOffers(bench);
  const ids: string[] = [];
  const startedAt = performance.now();
  const numbers = Array.from({ length: count }, (_unused, number) => number);
  const lines = linesOf(numbers, CALLERS, (number) => number).map((line, caller) =>
    line.map((number) => async () => {
      const id = await stock.write(caller, company.sectors[number % company.sectors.length]!);
      ids.push(id);
      const { agentId } = await offers.of(id);
      const { token } = company.agents.get(agentId)!;
      const path = `/v1/conversations/${id}`;
      await http.ask(caller, { method: 'POST', path: `${path}/accept`, token, body: {} });
      await http.ask(caller, { method: 'POST', path: `${path}/close`, token, body: {} });
    }),
  );
  try {
    const { durationsMs } = await runLines(lines);
    await store.untilEnded(ids.map((id) => `conversation-${id}`));
    return { durationsMs, elapsedMs: performance.now() - startedAt };
  } finally {
    offers.stop();
  }
}

/** One after the other: from the request to the commit of the offer, by the clock of this one machine. */
async function firstOffers({ stock, company, database }: Bench, count: number): Promise<Block> {
  const asked = new Map<string, number>();
  const startedAt = performance.now();
  for (let number = 0; number < count; number++) {
    const from = performance.timeOrigin + performance.now();
    const id = await stock.write(0, company.sectors[number % company.sectors.length]!);
    asked.set(id, from);
    const until = performance.now() + OFFER_MS;
    while ((await database.rows('select 1 from offer where conversation_id = $1', [id])).length === 0) {
      if (performance.now() > until) throw new Error(`Conversation ${id} was not offered within a minute.`);
      await sleep(LOOK_MS);
    }
  }
  const elapsedMs = performance.now() - startedAt;
  const committed = await database.rows<{ id: string; at: number }>(
    `select conversation_id as id, extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000 as at
       from offer where conversation_id = any($1::uuid[])`,
    [[...asked.keys()]],
  );
  const held = await stock.settled([...asked.keys()], 'offered');
  await stock.command(held, 8, 'accept');
  await stock.command(held, 8, 'close');
  await stock.settled([...asked.keys()], 'closed');
  return { durationsMs: committed.map(({ id, at }) => at - asked.get(id)!), elapsedMs };
}

/** Looks for the offers of conversations, one question for all who wait. */
function watchOffers({ database }: Bench): { of(id: string): Promise<{ agentId: string }>; stop(): void } {
  const waiting = new Map<string, (offer: { agentId: string }) => void>();
  let stopped = false;
  const look = async (): Promise<void> => {
    while (!stopped) {
      await sleep(LOOK_MS);
      if (waiting.size === 0) continue;
      const found = await database.rows<{ id: string; agentId: string }>(
        'select conversation_id as id, agent_id as "agentId" from offer where conversation_id = any($1::uuid[]) and ended_at is null',
        [[...waiting.keys()]],
      );
      for (const offer of found) {
        waiting.get(offer.id)?.(offer);
        waiting.delete(offer.id);
      }
    }
  };
  let failure: unknown = null;
  void look().catch((error: unknown) => {
    failure = error;
  });
  return {
    of: (id) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(failure ?? new Error(`Conversation ${id} was not offered.`)), OFFER_MS);
        waiting.set(id, (offer) => {
          clearTimeout(late);
          resolve(offer);
        });
      }),
    stop: () => {
      stopped = true;
    },
  };
}
