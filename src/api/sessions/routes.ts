import { notFound } from '../../domain/errors.ts';
import { endSessions } from '../../database/steps/people/sessions.ts';
import { direct, read, type Route, write } from '../route.ts';
import { grantsOf } from '../permissions/rows.ts';
import { findUser } from '../users/rows.ts';
import { changePassword } from './changePassword.ts';
import { cookieGone, cookieWith } from './cookie.ts';
import { presentMe, presentSession } from './presenter.ts';
import { changePasswordSchema, meSchema, sessionSchema, signInSchema } from './schema.ts';
import { signIn } from './signIn.ts';

const tag = 'Sign-in';

export const sessionRoutes: readonly Route[] = [
  direct({
    method: 'post',
    path: '/v1/sessions',
    operationId: 'signIn',
    summary: 'Sign in: a token for programs, the same in a cookie for browsers',
    tag,
    caller: 'anybody',
    body: signInSchema,
    answers: { 201: sessionSchema },
    refusals: ['invalid-credentials', 'too-many-requests'],
    handle: async (db, { deps, body, ip }) => {
      const signedIn = await signIn(deps, db, { ...body, ip });
      const user = await findUser(db, signedIn.userId);
      if (!user) throw notFound('user');
      return {
        status: 201,
        body: presentSession(signedIn, user),
        headers: cookieWith(deps, signedIn.token, signedIn.expiresAt),
      };
    },
  }),
  write({
    method: 'delete',
    path: '/v1/sessions/current',
    operationId: 'signOut',
    summary: 'Sign out: this token ends',
    tag,
    caller: 'person',
    peopleOnly: true,
    answers: { 204: null },
    handle: async (unit, { deps, person, sessionHash }) => {
      await endSessions(unit, person.userId, { only: sessionHash });
      return { status: 204, headers: cookieGone(deps) };
    },
  }),
  read({
    method: 'get',
    path: '/v1/me',
    operationId: 'getMe',
    summary: 'Who I am, my sectors, and what I may do',
    tag,
    caller: 'person',
    peopleOnly: true,
    answers: { 200: meSchema },
    handle: async (db, caller) => {
      const { userId } = caller.person;
      const user = await findUser(db, userId);
      if (!user) throw notFound('user');
      const grants = await grantsOf(db, userId);
      if (!grants) throw notFound('user');
      const sectors = await db
        .selectFrom('sector_member as m')
        .innerJoin('sector as s', 's.id', 'm.sectorId')
        .select(['s.id', 's.name', 'm.functions'])
        .where('m.userId', '=', userId)
        .orderBy('s.name')
        .execute();
      return { status: 200, body: presentMe(caller, user, grants, sectors) };
    },
  }),
  direct({
    method: 'put',
    path: '/v1/me/password',
    operationId: 'changePassword',
    summary: 'Change my password; my other sessions end',
    tag,
    caller: 'person',
    peopleOnly: true,
    body: changePasswordSchema,
    answers: { 204: null },
    refusals: ['invalid-credentials', 'too-many-requests'],
    handle: async (db, { deps, body, ...caller }) => {
      await changePassword(deps, db, caller, body);
      return { status: 204 };
    },
  }),
];
