import type { z } from 'zod';
import type { Db } from '../../database/db.ts';
import { loadSectors } from '../../database/repositories/sectors.ts';
import { explainConditions } from '../../domain/automation/conditions.ts';
import type { RunnableRule } from '../../domain/automation/rule.ts';
import { type Found, runRules } from '../../domain/automation/run.ts';
import { actionWords, skipWords } from '../../domain/automation/words.ts';
import { priorityOfRank } from '../../domain/conversation/state.ts';
import type { ConversationId } from '../../domain/ids.ts';
import { isOpen } from '../../domain/routing/calendar.ts';
import { momentOf, type PastMoment } from './pastMoment.ts';
import type { dryRunResultSchema } from './schema.ts';

type Result = z.input<typeof dryRunResultSchema>;

const nothing: Result = {
  at: null,
  applies: false,
  conditions: [],
  move: null,
  tags: null,
  priority: null,
  messages: [],
  webhooks: [],
  skipped: [],
};

/**
 * What the rule would have done to a conversation when its event happened last: by the very functions that run it in
 * earnest. Nothing is written. The caller has found the conversation to be readable.
 */
export async function dryRun(db: Db, rule: RunnableRule, id: ConversationId, now: Date): Promise<Result> {
  const moment = await momentOf(db, rule, id, now);
  if (!moment) return nothing;
  const found = await foundThen(db, id, moment);
  const { holds, conditions } = explainConditions(rule.conditions, rule.match, found);
  const [run] = runRules([rule.event], [rule], found);
  const told = { ...nothing, at: moment.at.toISOString(), applies: holds, conditions: [...conditions] };
  if (!run) return told;
  return {
    ...told,
    move: run.move,
    tags: run.tags && [...run.tags],
    priority: run.priority,
    messages: [...run.messages],
    webhooks: [...run.webhooks],
    skipped: run.skipped.map(({ kind, because }) => ({
      kind,
      because,
      words: `It would not ${actionWords[kind]}, because ${skipWords[because]}.`,
    })),
  };
}

async function foundThen(db: Db, id: ConversationId, { at, view, begins }: PastMoment): Promise<Found> {
  const row = await db.selectFrom('conversation').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const sector = (await loadSectors(db, [view.sectorId])).get(view.sectorId);
  const last = await db
    .selectFrom('message')
    .select('text')
    .where('conversationId', '=', id)
    .where('kind', '=', 'contact')
    .where('createdAt', '<=', at)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    status: view.status,
    channelId: view.channelId,
    sectorId: view.sectorId,
    sectorOpen: sector !== undefined && isOpen(sector.calendar, at),
    tags: begins ? [] : row.tags,
    clientId: row.clientId ?? null,
    customFields: begins ? {} : row.customFields,
    text: last?.text ?? null,
    ownerId: view.ownerId,
    priority: begins ? 'normal' : priorityOfRank(row.priority),
    promised: false,
  };
}
