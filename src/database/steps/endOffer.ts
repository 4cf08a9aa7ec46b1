import { sql } from 'kysely';
import type { Actor } from '../../domain/conversation/explain.ts';
import type { OfferEnd } from '../../domain/conversation/state.ts';
import { Refusal } from '../../domain/errors.ts';
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
  await unit.settle();
  const found = await unit.db
    .selectFrom('offer')
    .select(['id', 'agentId', 'number', 'direct', 'startedAt', 'timeoutMs'])
    .where('conversationId', '=', draft.row.id)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  return found ?? null;
}

/** An offer that this step ended, with its agent's place in the order (R1). */
interface EndedOffer {
  readonly id: OfferId;
  readonly agentId: UserId;
  readonly agentSince: Date;
  readonly number: number;
  readonly direct: boolean;
}

/** Marks the live offer as ended; nothing else. @returns `null` when none was live. */
export async function markOfferEnded(
  unit: Unit,
  draft: Draft,
  end: OfferEnd,
  reason: string | null,
): Promise<EndedOffer | null> {
  await unit.settle();
  const { rows } = await sql<EndedOffer>`
    update offer o set ended_at = ${await unit.now()}, "end" = ${end}, end_reason = ${reason}
      from users u
     where u.id = o.agent_id and o.conversation_id = ${draft.row.id} and o.ended_at is null
    returning o.id, o.agent_id as "agentId", u.created_at as "agentSince", o.number, o.direct`.execute(unit.db);
  return rows[0] ?? null;
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
  how: {
    readonly end: keyof typeof eventOf;
    readonly reason: string | null;
    readonly actor: Actor;
    /** The offer that is meant: another one, or none, is not let go. */
    readonly offerId: OfferId;
  },
): Promise<void> {
  const offer = await markOfferEnded(unit, draft, how.end, how.reason);
  if (offer?.id !== how.offerId)
    throw new Refusal('offer-expired', 'That offer has ended.', { offerId: offer?.id ?? null });
  const agent = { userId: offer.agentId, createdAt: offer.agentSince };
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
