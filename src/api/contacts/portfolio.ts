import { setPortfolio } from '../../database/steps/contacts/portfolio.ts';
import { contactId } from '../../domain/ids.ts';
import { type Route, write } from '../route.ts';
import { byId } from '../schemas.ts';
import { portfolioChangeSchema, portfolioSchema } from './schema.ts';

const tag = 'Portfolios';
const params = byId(contactId);

/** R29: whose portfolio a contact is in. */
export const portfolioRoutes: readonly Route[] = [
  write({
    method: 'put',
    path: '/v1/contacts/{id}/portfolio',
    operationId: 'putPortfolio',
    summary: 'Give a contact to a portfolio: its next conversations go to the owner first',
    tag,
    caller: 'person',
    can: ['create', 'Portfolio'],
    params,
    body: portfolioChangeSchema,
    answers: { 200: portfolioSchema },
    refusals: ['target-not-eligible'],
    async handle(unit, { params: { id }, body, person, ability }) {
      await setPortfolio(unit, { person, ability }, id, body.ownerId);
      const row = await unit.db
        .selectFrom('contact as k')
        .innerJoin('users as u', 'u.id', 'k.ownerId')
        .select(['u.id', 'u.name', 'k.ownerSince'])
        .where('k.id', '=', id)
        .executeTakeFirstOrThrow();
      return {
        status: 200,
        body: {
          contactId: id,
          owner: { id: row.id, name: row.name },
          ownerSince: row.ownerSince?.toISOString() ?? null,
        },
      };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/contacts/{id}/portfolio',
    operationId: 'deletePortfolio',
    summary: 'Take a contact out of one’s own portfolio; out of another’s: administrators',
    tag,
    caller: 'person',
    can: ['delete', 'Portfolio'],
    params,
    answers: { 204: null },
    async handle(unit, { params: { id }, person, ability }) {
      await setPortfolio(unit, { person, ability }, id, null);
      return { status: 204 };
    },
  }),
];
