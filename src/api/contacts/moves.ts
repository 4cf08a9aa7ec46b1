import { z } from 'zod';
import type { Db } from '../../database/db.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { countMove } from '../../database/steps/contacts/movePage.ts';
import { holdOwner } from '../../database/steps/contacts/portfolio.ts';
import { writeJob } from '../../database/steps/jobs/jobs.ts';
import { contactSources } from '../../database/entities/contacts.ts';
import { isAdministrator } from '../../domain/access/principal.ts';
import { judgePortfolioChange } from '../../domain/contact/portfolio.ts';
import { jobStates } from '../../domain/conversation/standing.ts';
import { noSuch, notFound, Refusal } from '../../domain/errors.ts';
import { jobId, type JobId, newId, userId } from '../../domain/ids.ts';
import { read, type Route, write } from '../route.ts';
import { byId, longText, tagName, timestamp } from '../schemas.ts';

const tag = 'Portfolios';

const newMoveSchema = z
  .strictObject({
    fromOwnerId: userId,
    toOwnerId: userId,
    filter: z
      .strictObject({ tag: tagName, origin: longText(120).min(1, 'must not be empty'), source: z.enum(contactSources) })
      .partial()
      .default({})
      .meta({ description: 'Only contacts of which all of this holds.' }),
  })
  .refine(({ fromOwnerId, toOwnerId }) => fromOwnerId !== toOwnerId, {
    path: ['toOwnerId'],
    error: 'must be somebody else than `fromOwnerId`',
  })
  .meta({ id: 'NewPortfolioMove' });

const moveSchema = z
  .object({
    id: jobId,
    state: z.enum(jobStates),
    stoppedBecause: z
      .string()
      .nullable()
      .meta({ description: '`owner-inactive`: the new owner was deactivated meanwhile.' }),
    total: z.number().int().meta({ description: 'Contacts that it meant when it was asked for.' }),
    moved: z.number().int(),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .meta({ id: 'PortfolioMove' });

/** @throws Refusal `not-found`, also for what somebody else asked for, except to administrators */
async function shown(db: Db, id: JobId, reader: Person): Promise<z.input<typeof moveSchema>> {
  const job = await db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst();
  if (job?.details.kind !== 'portfolio-move' || !(isAdministrator(reader) || job.createdById === reader.userId))
    throw notFound('move');
  return {
    id,
    state: job.state,
    stoppedBecause: job.stoppedBecause ?? null,
    total: job.total,
    moved: job.done,
    createdAt: job.createdAt.toISOString(),
    endedAt: job.endedAt?.toISOString() ?? null,
  };
}

/** R29: many contacts from one portfolio to another. */
export const portfolioMoveRoutes: readonly Route[] = [
  write({
    method: 'post',
    path: '/v1/portfolios/moves',
    operationId: 'movePortfolio',
    summary: 'Move the contacts of a portfolio, or some of them, to another: of another’s, administrators',
    tag,
    caller: 'person',
    can: ['create', 'Portfolio'],
    body: newMoveSchema,
    answers: { 202: moveSchema },
    refusals: ['target-not-eligible'],
    async handle(unit, { body: { fromOwnerId, toOwnerId, filter }, person }) {
      judgePortfolioChange(person, fromOwnerId, toOwnerId);
      const from = await unit.db.selectFrom('users').select('id').where('id', '=', fromOwnerId).executeTakeFirst();
      if (!from) throw noSuch('user', 'body.fromOwnerId');
      await holdOwner(unit, toOwnerId).catch((error: unknown) => {
        throw error instanceof Refusal && error.code === 'invalid-request' ? noSuch('user', 'body.toOwnerId') : error;
      });
      const { tag: withTag = null, origin = null, source = null } = filter;
      const move = { fromOwnerId, tag: withTag, origin, source };
      const id = newId<JobId>();
      const total = await countMove(unit.db, move, await unit.now());
      const details = { kind: 'portfolio-move', toOwnerId, ...move } as const;
      await writeJob(unit, { id, state: 'running', details, total, createdById: person.userId });
      return { status: 202, body: await shown(unit.db, id, person) };
    },
  }),
  read({
    method: 'get',
    path: '/v1/portfolios/moves/{id}',
    operationId: 'getPortfolioMove',
    summary: 'How far a move is: for whoever asked for it, and administrators',
    tag,
    caller: 'person',
    can: ['create', 'Portfolio'],
    params: byId(jobId),
    answers: { 200: moveSchema },
    handle: async (db, { params: { id }, person }) => ({ status: 200, body: await shown(db, id, person) }),
  }),
];
