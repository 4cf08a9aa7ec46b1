import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../src/simulator/random.ts';
import { signIn, type Company, type Worker } from './company.ts';
import type { ReadingLog } from './watch/readings.ts';

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly sector: { readonly id: string };
  readonly offer: { readonly id: string } | null;
}

let answersWritten = 0;

/** One agent at work until stopped: looks at the lists of a frontend, and does now this, now that. */
export async function work(
  company: Company,
  worker: Worker,
  log: ReadingLog,
  random: Random,
  stop: AbortSignal,
): Promise<void> {
  const missed = new Set<string>();
  while (!stop.aborted) {
    await sleep(random.between(500, 1_500));
    if (worker.isAway) continue;
    const view = random.weighted({ new: 6, mine: 6, open: 2, sector: 1 });
    const { status, body } = await log.list(worker.caller, worker.id, view);
    if (status === 401 && !worker.isAway) await comeBack(worker);
    if (status !== 200) continue;
    for (const item of (body['items'] as Listed[]).slice(0, 4)) {
      if (stop.aborted || worker.isAway) break;
      if (view === 'new') await onOffer(worker, item, random, missed);
      else if (view === 'mine') await onOwn(company, worker, item, log, random);
      else if (random.chance(0.3)) await command(worker, item.id, 'accept', {});
    }
  }
}

/** Deactivation ends sessions; whoever was let in again signs in again. */
async function comeBack(worker: Worker): Promise<void> {
  try {
    worker.caller.token = (await signIn(worker.caller, worker.email)).token;
  } catch {
    // Not let in (yet).
  }
}

const command = (worker: Worker, id: string, name: string, body: Readonly<Record<string, unknown>>) => {
  const { offerId } = body;
  const path = `/v1/conversations/${id}/${name}`;
  const asked = offerId === undefined ? {} : { offerId };
  return worker.caller.write({ method: 'POST', path, body, kind: name, targetId: id, asked });
};

const answer = (worker: Worker, id: string) => {
  const text = `resposta ${++answersWritten}`;
  const path = `/v1/conversations/${id}/messages`;
  return worker.caller.write({ method: 'POST', path, body: { text }, kind: 'answer', targetId: id, asked: { text } });
};

async function onOffer(worker: Worker, { id, offer }: Listed, random: Random, missed: Set<string>): Promise<void> {
  if (!offer || missed.has(offer.id)) return;
  switch (random.weighted({ accept: 10, miss: 5, decline: 4, answer: 2 })) {
    case 'accept':
      await command(worker, id, 'accept', { offerId: offer.id });
      return;
    case 'decline':
      await command(worker, id, 'decline', { offerId: offer.id, reason: 'ocupado' });
      return;
    case 'answer':
      await answer(worker, id);
      return;
    default:
      missed.add(offer.id);
  }
}

async function onOwn(company: Company, worker: Worker, item: Listed, log: ReadingLog, random: Random): Promise<void> {
  const { id } = item;
  switch (random.weighted({ answer: 6, close: 12, return: 2, toSector: 2, offer: 2, assign: 1, nothing: 6 })) {
    case 'answer':
      await answer(worker, id);
      return;
    case 'close': {
      const outcomes = company.sectors.find((sector) => sector.id === item.sector.id)?.outcomes ?? [];
      await command(worker, id, 'close', outcomes.length > 0 ? { outcomeId: random.pick(outcomes) } : {});
      return;
    }
    case 'return':
      await command(worker, id, 'return', { reason: 'não é comigo' });
      return;
    case 'toSector':
      await command(worker, id, 'transfer', { sectorId: random.pick(company.sectors).id });
      // Whether it is still seen by who has just given it away is for the checker to judge.
      await log.one(worker.caller, worker.id, 'item', id);
      await log.one(worker.caller, worker.id, 'messages', id);
      return;
    case 'offer':
    case 'assign': {
      const target = random.pick(company.workers);
      const sectorId = random.pick(target.memberOf).sectorId;
      const how = random.chance(0.5) ? { fallback: random.pick(['queue', 'return-to-me']) } : { assign: true };
      await command(worker, id, 'transfer', { userId: target.id, sectorId, ...how });
      await log.one(worker.caller, worker.id, 'item', id);
      return;
    }
    default:
  }
}
