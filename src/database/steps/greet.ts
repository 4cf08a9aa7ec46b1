import { businessMsBetween, isOpen } from '../../domain/routing/calendar.ts';
import type { SectorConfig } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import type { Draft } from './draft.ts';
import { enterSector } from './enterSector.ts';
import { writeOutbound } from './outbound.ts';

/** R26: the direction message of an open sector, or the automatic reply of a closed one. */
export async function greet(unit: Unit, draft: Draft, sector: SectorConfig, arrival: boolean): Promise<void> {
  if (arrival) {
    await enterSector(unit, draft, sector, true);
    draft.record('conversation.queued', { kind: 'system' }, { reason: draft.row.reason });
  }
  const now = await unit.now();
  if (!sector.autoReply.enabled || draft.row.ownerId || isOpen(sector.calendar, now)) return;
  const last = await unit.db
    .selectFrom('auto_reply_sent')
    .select('sentAt')
    .where('contactId', '=', draft.row.contactId)
    .where('channelId', '=', draft.row.channelId)
    .executeTakeFirst();
  // Once per closed period: not again before the sector was open for a moment.
  if (last && businessMsBetween(sector.calendar, last.sentAt, now) === 0) return;
  await unit.db
    .insertInto('auto_reply_sent')
    .values({ contactId: draft.row.contactId, channelId: draft.row.channelId, sentAt: now })
    .onConflict((conflict) => conflict.columns(['contactId', 'channelId']).doUpdateSet({ sentAt: now }))
    .execute();
  await writeOutbound(unit, draft, { kind: 'auto-reply', text: sector.autoReply.text, actor: { kind: 'system' } });
}
