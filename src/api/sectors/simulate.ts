import { sql } from 'kysely';
import type { Db } from '../../database/db.ts';
import { loadMembers } from '../../database/repositories/members.ts';
import type { SectorConfig } from '../../database/repositories/sectors.ts';
import { readPointer, scopeOf } from '../../database/steps/pointer.ts';
import { groupTieNow } from '../../database/repositories/groups.ts';
import { noSuch } from '../../domain/errors.ts';
import type { ChannelId, ClientGroupId, ClientId } from '../../domain/ids.ts';
import type { GroupTie } from '../../domain/group/functions.ts';
import { groupAtBeginning } from '../../domain/group/tie.ts';
import { considerGroup } from '../../domain/routing/clientGroup.ts';
import { decideNext, limitAt, type Situation } from '../../domain/routing/decide.ts';
import { freshDistribution } from '../../domain/routing/distribution.ts';
import { offerEnds } from '../../domain/routing/offers.ts';

/** On which channel it would arrive, and on whose behalf the contact would write. */
interface Arrival {
  readonly channelId: ChannelId | null;
  readonly clientId: ClientId | null;
}

/**
 * The decision about a conversation that would arrive at an instant, with the members as they are now: the very
 * function that decides in earnest, and nothing written.
 * @throws Refusal `invalid-request` for an unknown channel or client account
 */
export async function simulate(db: Db, sector: SectorConfig, at: Date, { channelId, clientId }: Arrival) {
  const channel =
    channelId && (await db.selectFrom('channel').select('agentIds').where('id', '=', channelId).executeTakeFirst());
  if (channelId && !channel) throw noSuch('channel', 'body.channelId');
  const group = clientId && (await tiedGroup(db, clientId));
  const listed = channel?.agentIds ? channelId : null;
  const query = { sectorId: sector.id, sectorCapacity: sector.settings.capacity, channelId, groupId: group };
  const view = considerGroup(group, await loadMembers(db, query), freshDistribution(1));
  const situation: Situation = {
    now: at,
    calendar: sector.calendar,
    settings: sector.settings,
    portfolioAssigns: sector.portfolioAssigns,
    pointer: await readPointer(db, sector.id, scopeOf(listed, view.group?.widened ? null : group)),
    ...view,
  };
  const decision = decideNext(situation);
  const nothing = { agentId: null, reason: null, until: null, expiresAt: null, group: view.group };
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

/** R30: the group that it would be tied to. */
async function tiedGroup(db: Db, client: ClientId): Promise<ClientGroupId | null> {
  const { rows } = await sql<{ tie: GroupTie; responsible: ClientGroupId | null }>`
    select ${groupTieNow} as tie, c.group_id as responsible from client c where c.id = ${client}`.execute(db);
  if (!rows[0]) throw noSuch('client account', 'body.clientId');
  return groupAtBeginning(rows[0].tie, rows[0].responsible);
}
