import type { Drained } from '../checker/watched.ts';
import type { Company, Worker } from '../company.ts';
import { pause } from '../pause.ts';
import { connectTo } from '../tables.ts';
import { runningConversations } from '../histories.ts';

/** Supervisors come last: what agents can take and close by themselves they do. */
const VIEWS = ['mine', 'new', 'open', 'sector'] as const;
const AT_ONCE = 6;
const ACCEPT_EVERY = 4;
const CLOSED_AT_ONCE = 10;
const STUCK_MS = 60_000;
const POLL_MS = 2_000;

interface Listed {
  readonly id: string;
  readonly sector: { readonly id: string };
  readonly allowed: readonly string[];
}

/**
 * Everybody goes through their own lists, takes what there is and closes it, until nothing is left or the time is up:
 * what nobody could take or close in this way stays behind. Nothing is done that the API did not offer as allowed.
 */
export async function drain(
  company: Company,
  { databaseUrl, temporalAddress }: { readonly databaseUrl: string; readonly temporalAddress: string },
  stop: AbortSignal,
): Promise<Drained> {
  const closedBy: Record<string, string> = {};
  const ids = await activeIn(databaseUrl);
  let left = ids;
  let lastClosedAt = Date.now();
  // However slow the machine is: as long as something is closed from time to time, it goes on.
  while (!stop.aborted && left.length > 0 && Date.now() - lastClosedAt < STUCK_MS) {
    const workers = [...company.workers];
    const next = async (): Promise<void> => {
      for (let worker = workers.shift(); worker; worker = workers.shift()) await clear(company, worker, closedBy, stop);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    const now = await activeIn(databaseUrl);
    if (now.length < left.length) lastClosedAt = Date.now();
    left = now;
  }
  let lastEndedAt = Date.now();
  let wakeUps = await wakeUpsIn(databaseUrl);
  let running = await runningConversations(temporalAddress);
  while (!stop.aborted && (wakeUps > 0 || running.length > left.length) && Date.now() - lastEndedAt < STUCK_MS) {
    await pause(POLL_MS, stop);
    wakeUps = await wakeUpsIn(databaseUrl);
    const now = await runningConversations(temporalAddress);
    if (now.length < running.length) lastEndedAt = Date.now();
    running = now;
  }
  return { ids, closedBy, active: await activeIn(databaseUrl), running, wakeUps };
}

async function clear(
  company: Company,
  worker: Worker,
  closedBy: Record<string, string>,
  stop: AbortSignal,
): Promise<void> {
  for (const view of VIEWS) {
    const { status, body } = await worker.caller.read(`/v1/conversations?view=${view}&status=active&limit=100`);
    const items = status === 200 ? (body['items'] as Listed[]) : [];
    const toClose = new Map<string, string[]>();
    for (const [index, { id, sector, allowed }] of items.entries()) {
      if (stop.aborted) return;
      let sectorId = sector.id;
      // Some are taken first; the others are closed as they stand, where that is allowed.
      if (allowed.includes('accept') && (index % ACCEPT_EVERY === 0 || !allowed.includes('close'))) {
        const path = `/v1/conversations/${id}/accept`;
        const taken = await worker.caller.write({ method: 'POST', path, body: {}, kind: 'accept', targetId: id });
        if (taken.status !== 200) continue;
        // R16 may have moved it.
        sectorId = (taken.body['sector'] as { id: string } | undefined)?.id ?? sectorId;
      } else if (!allowed.includes('close')) continue;
      toClose.set(sectorId, [...(toClose.get(sectorId) ?? []), id]);
    }
    for (const [sectorId, ids] of toClose) await close(company, worker, sectorId, ids, closedBy);
  }
}

/** Many at once, as R20 has it. */
async function close(
  company: Company,
  worker: Worker,
  sectorId: string,
  ids: readonly string[],
  closedBy: Record<string, string>,
): Promise<void> {
  const outcomes = company.sectors.find((one) => one.id === sectorId)?.outcomes ?? [];
  const outcome = outcomes.length > 0 ? { outcomeId: outcomes[0] } : {};
  for (let from = 0; from < ids.length; from += CLOSED_AT_ONCE) {
    const body = { ids: ids.slice(from, from + CLOSED_AT_ONCE), ...outcome };
    const path = '/v1/conversations/close';
    const answer = await worker.caller.write({ method: 'POST', path, body, kind: 'close-many', targetId: sectorId });
    const results = (answer.body['results'] ?? []) as { readonly id: string; readonly status: number }[];
    for (const { id, status } of results) if (status === 200) closedBy[id] = worker.id;
  }
}

async function activeIn(databaseUrl: string): Promise<string[]> {
  const rows = await ask<{ id: string }>(
    databaseUrl,
    "select id from conversation where status = 'active' order by id",
  );
  return rows.map(({ id }) => id);
}

async function wakeUpsIn(databaseUrl: string): Promise<number> {
  const [row] = await ask<{ n: number }>(databaseUrl, 'select count(*) as n from wake_up');
  return row?.n ?? 0;
}

async function ask<T>(databaseUrl: string, query: string): Promise<T[]> {
  const client = await connectTo(databaseUrl);
  try {
    return (await client.query(query)).rows as T[];
  } finally {
    await client.end();
  }
}
