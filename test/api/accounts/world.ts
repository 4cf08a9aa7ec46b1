import { hashPassword } from '../../../src/database/passwords.ts';
import { randomUUID } from 'node:crypto';
import { type Caller, startApi, type TestApi } from '../../support/api.ts';
import { type BuiltUser, createUser, queries } from '../../support/builders.ts';
import { sendWaiting } from '../../support/mailRoom.ts';
import { type MailServer, startMailServer } from '../../support/mailServer.ts';

/** The API with a real mail server behind it, and an administrator. */
export interface AccountWorld {
  readonly api: TestApi;
  readonly server: MailServer;
  readonly boss: BuiltUser;
  readonly admin: Caller;
  /** Sends what waits. */
  send(): Promise<void>;
  stop(): Promise<void>;
}

export const password = 'um segredo qualquer';

export async function startAccounts(overrides: Parameters<typeof startApi>[0] = {}): Promise<AccountWorld> {
  const api = await startApi(overrides);
  const server = await startMailServer();
  const boss = await createUser(api.platform, { role: 'administrator', name: 'Chefe' });
  return {
    api,
    server,
    boss,
    admin: await api.as(boss),
    send: () => sendWaiting(api.platform, server),
    async stop() {
      await api.stop();
      await server.stop();
    },
  };
}

export const anAddress = (name = 'bia'): string => `${name}-${randomUUID().slice(0, 8)}@demo.example`;

/** Invites somebody through the API and sends the mail. @returns the user, and the token that arrived */
export async function invited(world: AccountWorld, overrides: object = {}) {
  const email = anAddress();
  const { body } = await world.admin.post('/v1/users', { name: 'Bia', email, role: 'agent', ...overrides });
  await world.send();
  return { id: body.id as string, email, token: world.server.to(email).at(-1)?.token ?? '' };
}

let hash: Promise<string> | undefined;

/** Somebody who has joined, with the password of this file. */
export const joined = async ({ api }: AccountWorld, overrides: Parameters<typeof createUser>[1] = {}) =>
  createUser(api.platform, { passwordHash: await (hash ??= hashPassword(password)), ...overrides });

export const signIn = ({ api }: AccountWorld, email: string, secret = password) =>
  api.nobody.post('/v1/sessions', { email, password: secret });

/** Ends the time of every link of a user. */
export const expireLinks = ({ api }: AccountWorld, userId: string) =>
  queries(api.platform)
    .updateTable('account_link')
    .set({ expiresAt: new Date(Date.now() - 1_000) })
    .where('userId', '=', userId as BuiltUser['id'])
    .execute();
