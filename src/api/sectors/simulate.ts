import type { Db } from '../../database/db.ts';
import { loadMembers } from '../../database/repositories/members.ts';
import type { SectorConfig } from '../../database/repositories/sectors.ts';
import { readPointer, sectorScope } from '../../database/steps/pointer.ts';
import { noSuch } from '../../domain/errors.ts';
import type { ChannelId } from '../../domain/ids.ts';
import { decideNext, limitAt, type Situation } from '../../domain/routing/decide.ts';
import { freshDistribution } from '../../domain/routing/distribution.ts';
import { offerEnds } from '../../domain/routing/offers.ts';

/**
 * The decision about a conversation that would arrive at an instant, with the members as they are now: the very
 * function that decides in earnest, and nothing written.
 * @throws Refusal `invalid-request` for an unknown channel
 */
export async function simulate(db: Db, sector: SectorConfig, at: Date, channelId: ChannelId | null) {
  const channel =
    channelId && (await db.selectFrom('channel').select('agentIds').where('id', '=', channelId).executeTakeFirst());
  if (channelId && !channel) throw noSuch('channel', 'body.channelId');
  const pointer = await readPointer(db, sector.id, channel?.agentIds ? `channel:${channelId}` : sectorScope);
  const situation: Situation = {
    now: at,
    calendar: sector.calendar,
    settings: sector.settings,
    portfolioAssigns: sector.portfolioAssigns,
    members: await loadMembers(db, { sectorId: sector.id, sectorCapacity: sector.settings.capacity, channelId }),
    pointer,
    distribution: freshDistribution(1),
  };
  const decision = decideNext(situation);
  const nothing = { agentId: null, reason: null, until: null, expiresAt: null };
  switch (decision.kind) {
    case 'offer': {
      const expiresAt = offerEnd(situation, decision.distribution)?.toISOString() ?? null;
      return {
        ...nothing,
        decision: decision.kind,
        agentId: decision.agentId,
        considered: decision.considered,
        expiresAt,
      };
    }
    case 'assign':
      return { ...nothing, decision: decision.kind, agentId: decision.agentId, considered: decision.considered };
    case 'wait': {
      const until = decision.dueAt?.toISOString() ?? null;
      return { ...nothing, decision: decision.kind, reason: decision.reason, considered: decision.considered, until };
    }
    case 'open':
      return { ...nothing, decision: decision.kind, reason: decision.reason, considered: decision.considered };
    case 'pass-over':
      throw new Error('A conversation that comes from the rotation has no direct target to pass over');
  }
}

/** R7, R9: when an offer made at this moment would end. */
function offerEnd({ settings, calendar, now }: Situation, distribution: Situation['distribution']): Date | null {
  const limit = limitAt(distribution, calendar, settings);
  const timeoutMs = settings.overflow || !limit ? settings.offerTimeoutMs : null;
  return offerEnds({ startedAt: now, timeoutMs }, limit, calendar).at;
}
