import { setTimeout as sleep } from 'node:timers/promises';
import type { AtRest, TimelineItem } from '../checker/watched.ts';
import type { Answer, Caller } from '../client.ts';
import type { Company } from '../company.ts';

const VIEWS = ['new', 'mine', 'sector', 'open', 'all'] as const;
const TRIES = 20;

/** Reads, once everything has come to rest, every list and every count of everybody, and some timelines. */
export async function readAtRest(company: Company, conversationIds: readonly string[]): Promise<AtRest> {
  const people = [{ id: company.adminId, caller: company.admin }, ...company.workers];
  const lists: AtRest['lists'][number][] = [];
  const counts: AtRest['counts'][number][] = [];
  for (const { id, caller } of people) {
    for (const view of VIEWS) {
      const items = await everything(caller, `/v1/conversations?view=${view}&status=active&limit=200`);
      lists.push({ by: id, view, ids: items.map((item) => item['id'] as string) });
    }
    const { sectors, ...views } = (await patiently(caller, '/v1/conversations/counts')).body;
    counts.push({
      by: id,
      views: views as Record<string, number>,
      sectors: sectors as Record<string, Record<string, number>>,
    });
  }
  const timelines: AtRest['timelines'][number][] = [];
  for (const conversationId of conversationIds) {
    const items = await everything(company.admin, `/v1/conversations/${conversationId}/timeline?limit=200`);
    timelines.push({ conversationId, items: items.map(timelineItem) });
  }
  return { lists, counts, timelines };
}

type Item = Readonly<Record<string, unknown>>;

async function everything(caller: Caller, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Answer = await patiently(
      caller,
      cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
    );
    items.push(...(page.body['items'] as Item[]));
    cursor = page.body['nextCursor'] as string | null;
  } while (cursor !== null);
  return items;
}

/** Nothing is killed any more: what is not answered now is answered in a moment. @throws Error when it is not */
async function patiently(caller: Caller, path: string): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await caller.read(path);
    if (answer.status === 200) return answer;
    if (attempt === TRIES) throw new Error(`GET ${path} was answered with ${answer.status} at rest.`);
    await sleep(250);
  }
}

interface Place {
  readonly userId: string;
}

function timelineItem(item: Item): TimelineItem {
  const decision = item['decision'] as
    | {
        readonly considered: readonly { userId: string; outcome: string; words: string }[];
        readonly pointerBefore: Place | null;
        readonly pointerAfter: Place | null;
        readonly round: number | null;
        readonly settings: unknown;
      }
    | undefined;
  return {
    seq: item['seq'] as number,
    type: item['type'] as string,
    summary: item['summary'] as string,
    decision: decision
      ? {
          considered: decision.considered.map(({ userId, outcome, words }) => ({ userId, outcome, words })),
          pointerBefore: decision.pointerBefore?.userId ?? null,
          pointerAfter: decision.pointerAfter?.userId ?? null,
          round: decision.round,
          hasSettings: decision.settings !== null,
        }
      : null,
  };
}
