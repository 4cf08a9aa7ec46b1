import type { Answer, Caller } from '../client.ts';
import type { Reading, Shown } from '../checker/watched.ts';

type Kind = Reading['kind'];

/** What readers were shown, gathered for the checker. */
export class ReadingLog {
  readonly readings: Reading[] = [];

  /** One page of a list: what the person sees first. */
  list(caller: Caller, by: string, view: string, limit = 10): Promise<Answer> {
    return this.#read(caller, by, 'list', view, `/v1/conversations?view=${view}&limit=${limit}`);
  }

  search(caller: Caller, by: string, text: string): Promise<Answer> {
    const query = new URLSearchParams({ q: text, status: 'active', limit: '20' });
    return this.#read(caller, by, 'search', text, `/v1/conversations?${query.toString()}`);
  }

  counts(caller: Caller, by: string): Promise<Answer> {
    return this.#read(caller, by, 'counts', '', '/v1/conversations/counts');
  }

  one(caller: Caller, by: string, kind: 'item' | 'messages' | 'timeline', id: string): Promise<Answer> {
    return this.#read(caller, by, kind, id, `/v1/conversations/${id}${kind === 'item' ? '' : `/${kind}`}`);
  }

  async #read(caller: Caller, by: string, kind: Kind, of: string, path: string): Promise<Answer> {
    const startedAt = Date.now();
    const answer = await caller.read(path);
    const { status, body } = answer;
    // Nobody answered: nothing was shown.
    if (status === null || status >= 500) return answer;
    const items = kind === 'item' ? [body] : ((body['items'] ?? []) as unknown[]);
    const isShown = status === 200 && (kind === 'list' || kind === 'search' || kind === 'item');
    this.readings.push({
      by,
      kind,
      of,
      startedAt,
      answeredAt: Date.now(),
      status,
      shown: isShown ? items.map(shownOf) : [],
      ...(kind === 'counts' && status === 200 ? { sectors: Object.keys(body['sectors'] as object) } : {}),
    });
    return answer;
  }
}

interface Presented {
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly state: string | null;
  readonly sector: { readonly id: string };
  readonly channel: { readonly id: string };
  readonly owner: { readonly id: string } | null;
  readonly offer: {
    readonly id: string;
    readonly agentId: string;
    readonly startedAt: string;
    readonly expiresAt: string | null;
    readonly remainingMs: number | null;
    readonly paused: boolean;
  } | null;
}

/** What the checker keeps of a conversation as the API presents it. */
export function shownOf(presented: unknown): Shown {
  const { id, version, status, state, sector, channel, owner, offer } = presented as Presented;
  return {
    id,
    version,
    status,
    state,
    sectorId: sector.id,
    channelId: channel.id,
    ownerId: owner?.id ?? null,
    offer: offer && {
      id: offer.id,
      agentId: offer.agentId,
      startedAt: Date.parse(offer.startedAt),
      expiresAt: offer.expiresAt === null ? null : Date.parse(offer.expiresAt),
      remainingMs: offer.remainingMs,
      paused: offer.paused,
    },
  };
}
