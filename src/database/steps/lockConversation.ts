import { type RawBuilder, sql } from 'kysely';
import type { RuleEvent } from '../../domain/automation/rule.ts';
import type { ChannelId, ContactId, ConversationId, UserId } from '../../domain/ids.ts';
import { columnsOf } from '../db.ts';
import { Conversation } from '../entities/conversations.ts';
import { groupTieNow } from '../repositories/groups.ts';
import { noRules, rulesMark, rulesOf } from '../repositories/rules.ts';
import { messageLimit } from '../repositories/sectors.ts';
import type { Unit } from '../unit.ts';
import { type ConversationRow, Draft, type Surroundings } from './draft.ts';

type LockedRow = ConversationRow &
  Omit<Surroundings, 'rules'> & {
    readonly rules?: string;
  };

// The sector is not joined: a statement that waited for a transfer joins the new row to the old sector, and finds nothing.
const lockRows = async (
  unit: Unit,
  which: {
    readonly join?: RawBuilder<unknown>;
    readonly where: RawBuilder<unknown>;
    readonly lock: RawBuilder<unknown>;
    readonly rulesFor?: RuleEvent | undefined;
  },
): Promise<Draft[]> => {
  await unit.settle();
  const { rows } = await sql<LockedRow>`
    select ${columnsOf(unit.platform.orm, Conversation, 'c')}, ch.agent_ids as "channelAgents", ch.slug as "channelSlug",
           (select s.slug from sector s where s.id = c.sector_id) as "sectorSlug",
           ${groupTieNow} as "groupTie",
           ${messageLimit} as "messageLimit"
           ${which.rulesFor ? sql`, ${rulesMark([which.rulesFor])} as rules` : sql``}
      from conversation c join channel ch on ch.id = c.channel_id ${which.join ?? sql``}
     where ${which.where}
     order by c.id
       for no key update of ${which.lock}`.execute(unit.db);
  const { rulesFor } = which;
  const [first] = rows;
  // As of one statement, they are the same for all.
  const rules = rulesFor && first?.rules ? await rulesOf(unit.db, [rulesFor], first.rules) : noRules;
  return rows.map((found) => {
    const { channelAgents, channelSlug, sectorSlug, messageLimit: limit, rules: _, groupTie, ...row } = found;
    return new Draft(unit, row, {
      channelAgents,
      channelSlug,
      sectorSlug,
      groupTie,
      messageLimit: limit,
      rules,
    });
  });
};

const conversationOnly = sql`c`;

/**
 * Locks a conversation for the rest of the transaction: every question about it has one answer, by order of commits.
 * With `owner`, the row of whoever is about to own it, too, after the conversation's and in the same statement; what is
 * decided about them is read afterwards. With `rulesFor`, the active rules for this event come along (R28).
 */
export async function lockConversation(
  unit: Unit,
  id: ConversationId,
  { owner, rulesFor }: { readonly owner?: UserId | undefined; readonly rulesFor?: RuleEvent | undefined } = {},
): Promise<Draft | null> {
  const where = sql`c.id = ${id}`;
  const [draft] = await lockRows(
    unit,
    owner
      ? { where, rulesFor, join: sql`join users u on u.id = ${owner}`, lock: sql`c, u` }
      : { where, rulesFor, lock: conversationOnly },
  );
  return draft ?? null;
}

/** Locks several, by id. */
export async function lockConversations(unit: Unit, ids: readonly ConversationId[]): Promise<Draft[]> {
  if (ids.length === 0) return [];
  return lockRows(unit, { where: sql`c.id = any(${ids}::uuid[])`, lock: conversationOnly });
}

/** The one active conversation of a contact on a channel (R33), locked. */
export async function lockActiveConversation(
  unit: Unit,
  contact: ContactId,
  channel: ChannelId,
): Promise<Draft | null> {
  const [draft] = await lockRows(unit, {
    where: sql`c.contact_id = ${contact} and c.channel_id = ${channel} and c.status = 'active'`,
    lock: conversationOnly,
    rulesFor: 'message.received',
  });
  return draft ?? null;
}
