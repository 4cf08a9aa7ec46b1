import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Person } from '../../database/repositories/principals.ts';
import { readableConversations } from '../../database/visible.ts';
import type { AppAbility } from '../../domain/access/ability.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import { Refusal } from '../../domain/errors.ts';
import { channelId, clientGroupId, clientId, contactId, savedFilterId, sectorId, userId } from '../../domain/ids.ts';
import { priorities, priorityRank, routingStates, type Status, statuses } from '../../domain/conversation/state.ts';
import { containing, cursorOf, pageQuery, placeOfCursor, subjectText } from '../schemas.ts';
import type { ConversationRow, Selection } from './rows.ts';

export const views = ['new', 'mine', 'sector', 'open', 'all'] as const;
export type View = (typeof views)[number];

export const listQuery = z.strictObject({
  view: z.enum(views).default('all').meta({
    description:
      '`new`: offered to me; `mine`: mine; `sector`: waiting in my sectors; `open`: open to my sectors; `all`: everything I may see. An administrator’s sectors are all.',
  }),
  status: z
    .enum([...statuses, 'any'])
    .optional()
    .meta({ description: '`active` unless given; `any` where `contactId` is given: the history of a contact.' }),
  state: z.enum(routingStates).optional(),
  sectorId: sectorId.optional(),
  ownerId: userId.optional(),
  contactId: contactId.optional(),
  channelId: channelId.optional(),
  clientId: clientId.optional(),
  groupId: clientGroupId.optional().meta({ description: 'Tied to this client group.' }),
  priority: z.enum(priorities).optional(),
  tag: z.string().min(1).max(64).optional(),
  subject: subjectText.optional().meta({ description: 'Part of the subject, in any case of letters.' }),
  filterId: savedFilterId
    .optional()
    .meta({ description: 'A saved filter; what it asks for has to hold beside the other parameters.' }),
  q: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ description: 'Part of the contact’s name or external id, or a whole ticket, in any case of letters.' }),
  ...pageQuery,
});
export type ListQuery = z.output<typeof listQuery>;
/** What a saved filter asks for beside the query that names it. */
export type SavedParts = Partial<Pick<ListQuery, 'tag' | 'sectorId' | 'subject'>>;

const inMySectors = (person: Person): RawBuilder<boolean> =>
  isAdministrator(person) ? sql`true` : sql`c.sector_id = any(${person.memberOf}::uuid[])`;

const viewConditions: Record<View, (person: Person) => RawBuilder<boolean>> = {
  new: (person) => sql`c.status = 'active' and c.state = 'offered' and c.designated_id = ${person.userId}`,
  mine: (person) => sql`c.owner_id = ${person.userId}`,
  sector: (person) => sql`c.status = 'active' and c.state = 'waiting' and ${inMySectors(person)}`,
  open: (person) => sql`c.status = 'active' and c.state = 'open' and ${inMySectors(person)}`,
  all: () => sql`true`,
};

/** What a view shows, as SQL over `conversation as c` (product, "Words"); rights are a condition of their own. */
export const viewCondition = (view: View, person: Person): RawBuilder<boolean> =>
  sql`(${viewConditions[view](person)})`;

const statusesOf = ({ status, contactId }: ListQuery): readonly Status[] => {
  const asked = status ?? (contactId ? 'any' : 'active');
  return asked === 'any' ? statuses : [asked];
};

/** The filters of a list, but for its status, as SQL over `conversation as c`. */
function filterConditions(query: Partial<ListQuery>): RawBuilder<boolean>[] {
  const about = query.subject && containing(query.subject);
  const like = query.q && containing(query.q);
  return [
    query.state && sql<boolean>`c.state = ${query.state}`,
    query.sectorId && sql<boolean>`c.sector_id = ${query.sectorId}`,
    query.ownerId && sql<boolean>`c.owner_id = ${query.ownerId}`,
    query.contactId && sql<boolean>`c.contact_id = ${query.contactId}`,
    query.channelId && sql<boolean>`c.channel_id = ${query.channelId}`,
    query.clientId && sql<boolean>`c.client_id = ${query.clientId}`,
    query.groupId && sql<boolean>`c.group_id = ${query.groupId}`,
    query.priority && sql<boolean>`c.priority = ${priorityRank(query.priority)}`,
    query.tag && sql<boolean>`exists (select 1 from unnest(c.tags) t where lower(t) = lower(${query.tag}))`,
    about && sql<boolean>`c.subject ilike ${about}`,
    like &&
      // As a list of ids, so that the indexes of contacts and of their conversations serve.
      sql<boolean>`(c.ticket = upper(${query.q}) or c.contact_id = any(array(
        select k.id from contact k where k.name ilike ${like} or k.external_id ilike ${like})))`,
  ].filter((condition) => typeof condition === 'object');
}

/** The conversations that a list shows the person: their rights, the view, the filters and those of a saved one. */
export function selectionOf(
  query: ListQuery,
  person: Person,
  ability: AppAbility,
  saved: SavedParts = {},
): Pick<Selection, 'shelves' | 'where'> {
  const rights = readableConversations(ability);
  const filters = [...filterConditions(query), ...filterConditions(saved)];
  const ofView = shelved[query.view];
  if (ofView && !findsFew(query)) {
    const shelves = { sectors: sectorsOf({ ...saved, ...query }, person), statuses: statusesOf(query) };
    // The planner takes the rights for rare, and would rather read and sort a whole shelf; of `coalesce` it knows nothing.
    const conditions = [ofView, sql<boolean>`coalesce(${rights}, false)`, ...filters];
    return { shelves, where: sql`${sql.join(conditions, sql` and `)}` };
  }
  const [status, ...more] = statusesOf(query);
  const ofStatus = more.length === 0 ? [sql<boolean>`c.status = ${status}`] : [];
  const conditions = [rights, viewCondition(query.view, person), ...ofStatus, ...filters];
  return { shelves: null, where: sql`${sql.join(conditions, sql` and `)}` };
}

/**
 * The views that may be long, with what is left of their condition on the shelves of sectors and statuses. What is mine
 * or offered to me is found by whose it is.
 */
const shelved: Partial<Record<View, RawBuilder<boolean>>> = {
  sector: sql`c.state = 'waiting'`,
  open: sql`c.state = 'open'`,
  all: sql`true`,
};

/** What a contact or an owner has, and what a text is found in, is found by these. */
const findsFew = ({ contactId, ownerId, q }: ListQuery): boolean => Boolean(contactId ?? ownerId ?? q);

/** What is seen outside of the sectors of which one is a member, only administrators see. */
function sectorsOf({ sectorId }: ListQuery, person: Person): RawBuilder<unknown> {
  if (isAdministrator(person)) return sectorId ? sql`(select ${sectorId}::uuid)` : sql`(select s.id from sector s)`;
  const asked = person.memberOf.filter((id) => sectorId === undefined || id === sectorId);
  return sql`unnest(${asked}::uuid[])`;
}

/** Order and keyset of a list: the values of the order itself stand in the cursor, so pages stay put while rows change. */
export interface Ordering {
  readonly orderBy: RawBuilder<unknown>;
  readonly after: (cursor: string) => RawBuilder<boolean>;
  readonly cursorAfter: (row: ConversationRow) => string;
}

const instant = z.iso.datetime().refine((text) => text > '1900' && text < '2500');
const queuePlace = z.tuple([z.string(), z.int().min(0).max(3), instant, z.uuid()]);
const newestPlace = z.tuple([z.string(), instant, z.uuid()]);

/** R36: queues by priority and waiting time, everything else newest first. */
export function orderingOf(query: ListQuery): Ordering {
  const { cursor: _cursor, limit: _limit, ...asked } = query;
  const mark = createHash('sha256')
    .update(JSON.stringify(Object.entries(asked).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('base64url')
    .slice(0, 10);
  const ofThisList = <T extends readonly [string, ...unknown[]]>(place: T): T => {
    if (place[0] === mark) return place;
    throw new Refusal('invalid-request', 'The cursor belongs to another list.', {
      errors: [{ path: 'query.cursor', reason: 'must be the nextCursor of a page with the same view and filters' }],
    });
  };
  if (query.view === 'sector' || query.view === 'open' || query.view === 'new') {
    return {
      orderBy: sql`c.priority, c.waiting_since, c.id`,
      after: (cursor) => {
        const [, priority, since, id] = ofThisList(placeOfCursor(cursor, queuePlace));
        return sql`(c.priority, c.waiting_since, c.id) > (${priority}::smallint, ${since}::timestamptz, ${id}::uuid)`;
      },
      cursorAfter: (row) => cursorOf([mark, row.priority, row.waiting_since.toISOString(), row.id]),
    };
  }
  return {
    orderBy: sql`c.created_at desc, c.id desc`,
    after: (cursor) => {
      const [, createdAt, id] = ofThisList(placeOfCursor(cursor, newestPlace));
      return sql`(c.created_at, c.id) < (${createdAt}::timestamptz, ${id}::uuid)`;
    },
    cursorAfter: (row) => cursorOf([mark, row.created_at.toISOString(), row.id]),
  };
}
