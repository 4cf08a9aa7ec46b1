import { sql } from 'kysely';
import { z } from 'zod';
import { membersOf, takesOutDispatches } from '../../database/steps/dispatches/responsible.ts';
import { noSuch } from '../../domain/errors.ts';
import { clientGroupId, type ClientGroupId } from '../../domain/ids.ts';
import { read } from '../route.ts';
import { page, placeOfCursor } from '../schemas.ts';
import { candidatePageSchema, candidateQuery } from './schema.ts';

const place = z.tuple([z.int().min(0).max(1), z.string(), clientGroupId]);

interface CandidateRow {
  readonly id: ClientGroupId;
  readonly name: string;
  readonly isResponsible: boolean;
}

/** B5: the groups for a dispatch, the one responsible for the client first, each marked. */
export const listCandidates = read({
  method: 'get',
  path: '/v1/dispatch-groups',
  operationId: 'listDispatchGroups',
  summary:
    'The groups that a dispatch for this client can go to: the responsible one first, each with who dispatches in it',
  tag: 'Dispatches',
  caller: 'person',
  can: ['read', 'Dispatch'],
  query: candidateQuery,
  answers: { 200: candidatePageSchema },
  async handle(db, { query: { limit, cursor, clientId } }) {
    const client = await db.selectFrom('client').select('id').where('id', '=', clientId).executeTakeFirst();
    if (!client) throw noSuch('client account', 'query.clientId');
    const after = cursor === undefined ? null : placeOfCursor(cursor, place);
    const rank = sql`case when c.id is null then 1 else 0 end`;
    const { rows } = await sql<CandidateRow>`
      select g.id, g.name, c.id is not null as "isResponsible"
        from client_group g left join client c on c.group_id = g.id and c.id = ${clientId}
       where g.deleted_at is null
         ${after ? sql`and (${rank}, lower(g.name), g.id) > (${after[0]}::int, lower(${after[1]}), ${after[2]}::uuid)` : sql``}
       order by ${rank}, lower(g.name), g.id limit ${limit + 1}`.execute(db);
    const members = (
      await membersOf(
        db,
        rows.map(({ id }) => id),
      )
    ).filter(takesOutDispatches);
    const present = (row: CandidateRow) => ({
      ...row,
      members: members.filter(({ groupId }) => groupId === row.id).map(({ userId, name }) => ({ id: userId, name })),
    });
    return { status: 200, body: page(rows, limit, present, (row) => [row.isResponsible ? 0 : 1, row.name, row.id]) };
  },
});
