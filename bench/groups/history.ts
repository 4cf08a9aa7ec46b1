import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { HASTY_OFFER_MS } from '../company.ts';
import { type Figure, figure } from '../figures.ts';
import type { History } from '../workflowStore.ts';

const CONVERSATIONS = 20;
const EXPIRED = 4;
const MOST_EVENTS = 25;
const MOST_FOR_AN_OFFER = 7;
const OFFERS_MS = 60_000;

/** How long histories become: of the simplest lifecycle, and by each further offer that expires. */
export async function measureHistories(bench: Bench): Promise<Figure[]> {
  const count = bench.quick ? 2 : CONVERSATIONS;
  const simple = await finished(bench, count, 0);
  const expired = await finished(bench, Math.ceil(count / 2), EXPIRED);
  const most = (histories: readonly History[], of: 'events' | 'bytes'): number =>
    Math.max(...histories.map((history) => history[of]));
  return [
    figure({
      name: 'history of the simplest lifecycle, most events',
      value: most(simple, 'events'),
      unit: 'events',
      aims: [{ of: 'value', is: 'at most', limit: MOST_EVENTS }],
    }),
    figure({ name: 'history of the simplest lifecycle, most bytes', value: most(simple, 'bytes'), unit: 'bytes' }),
    figure({
      name: 'history, most events for each further expired offer',
      value: (most(expired, 'events') - most(simple, 'events')) / EXPIRED,
      unit: 'events',
      aims: [{ of: 'value', is: 'at most', limit: MOST_FOR_AN_OFFER }],
    }),
    figure({
      name: 'history, most bytes for each further expired offer',
      value: (most(expired, 'bytes') - most(simple, 'bytes')) / EXPIRED,
      unit: 'bytes',
    }),
  ];
}

/** Histories of conversations that were accepted at their offer after so many expired ones, and closed. */
async function finished(bench: Bench, count: number, expired: number): Promise<History[]> {
  const { stock, company, database, store } = bench;
  const { ids } = await stock.begin(count, 2, expired === 0 ? company.sectors : company.hasty);
  const until = performance.now() + expired * HASTY_OFFER_MS + OFFERS_MS;
  const open = new Set(ids);
  while (open.size > 0) {
    if (performance.now() > until) throw new Error(`${open.size} conversations did not come to offer ${expired + 1}.`);
    await sleep(100);
    const found = await database.rows<{ id: string; agentId: string }>(
      `select conversation_id as id, agent_id as "agentId" from offer
        where conversation_id = any($1::uuid[]) and number = $2 and ended_at is null`,
      [[...open], expired + 1],
    );
    for (const { id, agentId } of found) {
      await stock.command([{ id, agent: company.agents.get(agentId)!, offerId: null }], 1, 'accept');
      open.delete(id);
    }
  }
  const owned = await stock.settled(ids, 'assigned');
  await stock.command(owned, 1, 'close');
  await store.untilEnded(ids.map((id) => `conversation-${id}`));
  return Promise.all(ids.map((id) => store.historyOf(`conversation-${id}`)));
}
