import { notFound } from '../../domain/errors.ts';
import { direct, read, type Route } from '../route.ts';
import { presentUser } from '../users/presenter.ts';
import { findUser } from '../users/rows.ts';
import { userSchema } from '../users/schema.ts';
import { acceptInvitation, askForReset, confirmEmail, resetPassword, showLink } from './links.ts';
import { changeMyEmail } from './myEmail.ts';
import { byToken, linkSchema, myEmailSchema, passwordSchema, resetRequestSchema } from './schema.ts';

const tag = 'Accounts';
const ended = ['link-used', 'link-revoked', 'link-expired'] as const;

/** What people do by the links of mails; `GET` changes nothing, so that a mail program may look at a link. */
export const accountRoutes: readonly Route[] = [
  read({
    method: 'get',
    path: '/v1/invitations/{token}',
    operationId: 'readInvitation',
    summary: 'Whom an invitation is for',
    tag,
    caller: 'anybody',
    params: byToken,
    answers: { 200: linkSchema },
    refusals: ended,
    handle: async (db, { deps, params: { token } }) => ({
      status: 200,
      body: await showLink(deps, db, 'invitation', token),
    }),
  }),
  direct({
    method: 'post',
    path: '/v1/invitations/{token}/accept',
    operationId: 'acceptInvitation',
    summary: 'Accept an invitation: set the first password; from then on the user is verified and can sign in',
    tag,
    caller: 'anybody',
    params: byToken,
    body: passwordSchema,
    answers: { 204: null },
    refusals: ended,
    handle: async (db, { deps, params: { token }, body: { password } }) => {
      await acceptInvitation(deps, db, token, password);
      return { status: 204 };
    },
  }),
  direct({
    method: 'post',
    path: '/v1/password-resets',
    operationId: 'askForPasswordReset',
    summary: 'Ask for a mail by which to choose another password; the answer is the same for every address',
    tag,
    caller: 'anybody',
    body: resetRequestSchema,
    answers: { 202: null },
    refusals: ['too-many-requests'],
    handle: async (_db, { deps, body: { email }, ip }) => {
      await askForReset(deps, { email, ip });
      return { status: 202 };
    },
  }),
  read({
    method: 'get',
    path: '/v1/password-resets/{token}',
    operationId: 'readPasswordReset',
    summary: 'Whom a link to a new password is for',
    tag,
    caller: 'anybody',
    params: byToken,
    answers: { 200: linkSchema },
    refusals: ended,
    handle: async (db, { deps, params: { token } }) => ({
      status: 200,
      body: await showLink(deps, db, 'password-reset', token),
    }),
  }),
  direct({
    method: 'post',
    path: '/v1/password-resets/{token}',
    operationId: 'resetPassword',
    summary: 'Choose another password; all sessions of the user end',
    tag,
    caller: 'anybody',
    params: byToken,
    body: passwordSchema,
    answers: { 204: null },
    refusals: ended,
    handle: async (db, { deps, params: { token }, body: { password } }) => {
      await resetPassword(deps, db, token, password);
      return { status: 204 };
    },
  }),
  direct({
    method: 'put',
    path: '/v1/me/email',
    operationId: 'changeMyEmail',
    summary: 'Want another e-mail address; it holds once the mail that goes there is confirmed',
    tag,
    caller: 'person',
    peopleOnly: true,
    body: myEmailSchema,
    answers: { 200: userSchema },
    refusals: ['invalid-credentials', 'too-many-requests', 'email-taken'],
    handle: async (db, { deps, body, ...caller }) => {
      await changeMyEmail(deps, db, caller, body);
      const user = await findUser(db, caller.person.userId);
      if (!user) throw notFound('user');
      return { status: 200, body: presentUser(user) };
    },
  }),
  read({
    method: 'get',
    path: '/v1/email-changes/{token}',
    operationId: 'readEmailChange',
    summary: 'Whom a change of address is for; `email` is the new one',
    tag,
    caller: 'anybody',
    params: byToken,
    answers: { 200: linkSchema },
    refusals: ended,
    handle: async (db, { deps, params: { token } }) => ({
      status: 200,
      body: await showLink(deps, db, 'email-change', token),
    }),
  }),
  direct({
    method: 'post',
    path: '/v1/email-changes/{token}',
    operationId: 'confirmEmailChange',
    summary: 'Confirm the new e-mail address; it holds from now on, and the old one gets a notice',
    tag,
    caller: 'anybody',
    params: byToken,
    answers: { 204: null },
    refusals: [...ended, 'email-taken'],
    handle: async (_db, { deps, params: { token } }) => {
      await confirmEmail(deps, token);
      return { status: 204 };
    },
  }),
];
