import { inviteAgain, withdrawInvitation } from '../../database/steps/accounts/invitations.ts';
import { notFound } from '../../domain/errors.ts';
import { userId } from '../../domain/ids.ts';
import { type Route, write } from '../route.ts';
import { byId } from '../schemas.ts';
import { presentUser } from './presenter.ts';
import { findUser } from './rows.ts';
import { userSchema } from './schema.ts';

const tag = 'Users';
const params = byId(userId);

export const invitationRoutes: readonly Route[] = [
  write({
    method: 'post',
    path: '/v1/users/{id}/invitation',
    operationId: 'inviteUser',
    summary: 'Send the invitation again; the link of before ends',
    tag,
    caller: 'person',
    can: ['create', 'User'],
    params,
    answers: { 200: userSchema },
    refusals: ['already-verified', 'user-inactive'],
    handle: async (unit, { params: { id }, person }) => {
      await inviteAgain(unit, { userId: id, actorId: person.userId });
      const user = await findUser(unit.db, id);
      if (!user) throw notFound('user');
      return { status: 200, body: presentUser(user) };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/users/{id}/invitation',
    operationId: 'withdrawInvitation',
    summary: 'Withdraw the invitation; its link ends',
    tag,
    caller: 'person',
    can: ['create', 'User'],
    params,
    answers: { 204: null },
    refusals: ['already-verified'],
    handle: async (unit, { params: { id }, person }) => {
      await withdrawInvitation(unit, { userId: id, actorId: person.userId });
      return { status: 204 };
    },
  }),
];
