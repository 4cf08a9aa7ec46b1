import type { Actor } from '../../domain/conversation/explain.ts';
import type { OfferEnd } from '../../domain/conversation/state.ts';
import type { OfferId, UserId } from '../../domain/ids.ts';
import { afterOfferEnded } from '../../domain/routing/distribution.ts';
import type { Unit } from '../unit.ts';
import { applyFallback } from './fallback.ts';
import type { Draft } from './draft.ts';

export interface LiveOfferRow {
  readonly id: OfferId;
  readonly agentId: UserId;
  readonly number: number;
  readonly direct: boolean;
  readonly startedAt: Date;
  readonly timeoutMs: number | null;
}

/** The live offer of a locked conversation. */
export async function liveOffer(unit: Unit, draft: Draft): Promise<LiveOfferRow | null> {
  const found = await unit.db
    .selectFrom('offer')
    .select(['id', 'agentId', 'number', 'direct', 'startedAt', 'timeoutMs'])
    .where('conversationId', '=', draft.row.id)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  return found ?? null;
}

/** Marks the live offer as ended; nothing else. @returns its id, `null` when none was live. */
export async function markOfferEnded(
  unit: Unit,
  draft: Draft,
  end: OfferEnd,
  reason: string | null,
): Promise<OfferId | null> {
  const ended = await unit.db
    .updateTable('offer')
    .set({ endedAt: await unit.now(), end, endReason: reason })
    .where('conversationId', '=', draft.row.id)
    .where('endedAt', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return ended?.id ?? null;
}

const eventOf = {
  declined: 'conversation.offer_declined',
  expired: 'conversation.offer_expired',
  revoked: 'conversation.offer_revoked',
} as const;

/**
 * Ends the live offer without acceptance and leaves the conversation ready to be passed on (R4, R11, R12) – or, after
 * a direct offer, where its sender wanted it (R18).
 */
export async function letGo(
  unit: Unit,
  draft: Draft,
  offer: LiveOfferRow,
  how: { readonly end: keyof typeof eventOf; readonly reason: string | null; readonly actor: Actor },
): Promise<void> {
  await markOfferEnded(unit, draft, how.end, how.reason);
  const agent = await unit.db
    .selectFrom('users')
    .select(['id as userId', 'createdAt'])
    .where('id', '=', offer.agentId)
    .executeTakeFirstOrThrow();
  const { direct } = draft.row.distribution;
  draft.change({
    state: 'waiting',
    reason: null,
    designatedId: null,
    dueAt: null,
    distribution: afterOfferEnded(draft.row.distribution, agent, {
      direct: offer.direct,
      declined: how.end === 'declined',
    }),
  });
  draft.record(eventOf[how.end], how.actor, {
    offerId: offer.id,
    agentId: offer.agentId,
    number: offer.number,
    // Why somebody declined is their own text: it stays with the offer.
    ...(how.end === 'declined' ? {} : { reason: how.reason }),
  });
  if (offer.direct && direct?.fallback === 'return-to-me') await applyFallback(unit, draft, direct);
}
