import { randomUUID } from 'node:crypto';
import { ensureAdministrator } from '../../../src/database/setup.ts';
import { defaultRanges } from '../../../src/domain/routing/settings.ts';
import { type Answered, type Caller, serveApi } from '../../support/api.ts';
import { type MailServer, startMailServer } from '../../support/mailServer.ts';
import { startWorld, until } from '../../support/world.ts';

/** A real deployment in one process, seen from outside: by HTTP and by its mails. Nothing here reads a table. */
export interface Desk {
  readonly mails: MailServer;
  /** The first administrator, who is all that there is. */
  readonly admin: Caller;
  readonly nobody: Caller;
  /** Signs in with the password of everybody who was invited. */
  signIn(email: string): Promise<Caller>;
  withToken(token: string): Caller;
  /** It is this moment now. */
  itIs(moment: Date): void;
  stop(): Promise<void>;
}

export const firstAdministrator = { email: 'helena@prado.example', password: 'a senha da casa' };
/** What everybody who was invited chooses. */
export const password = 'uma senha bem comprida';

/** Rodízio with its PostgreSQL, Temporal and mail server; offers may last seconds, as in the demo. */
export async function startDesk(now: Date): Promise<Desk> {
  const mails = await startMailServer();
  const world = await startWorld({ smtpUrl: mails.url });
  world.clock.set(now);
  await ensureAdministrator(world.platform.orm, firstAdministrator);
  const api = await serveApi(world.platform, { ranges: { ...defaultRanges, minOfferSeconds: 1, minLimitSeconds: 1 } });
  const signIn = async (email: string, secret = password): Promise<Caller> =>
    api.withToken((await done(api.nobody.post('/v1/sessions', { email, password: secret }))).token);
  return {
    mails,
    admin: await signIn(firstAdministrator.email, firstAdministrator.password),
    nobody: api.nobody,
    signIn,
    withToken: api.withToken,
    itIs: (moment) => world.clock.set(moment),
    async stop() {
      await api.stop();
      await world.stop();
      await mails.stop();
    },
  };
}

/** What an answer holds. @throws Error with the problem that it is instead */
export async function done(answering: Promise<Answered>): Promise<Answered['body']> {
  const { status, body } = await answering;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

/** The conversation, once it is so. @throws Error with what was waited for, after ten seconds */
export const untilShown = (who: Caller, id: string, what: string, isSo: (conversation: Answered['body']) => boolean) =>
  until(what, async () => {
    const shown = await done(who.get(`/v1/conversations/${id}`));
    return isSo(shown) ? shown : null;
  });

/** What the timeline tells, sentence by sentence. */
export const sentences = async (who: Caller, id: string): Promise<string[]> =>
  (await done(who.get(`/v1/conversations/${id}/timeline?limit=200`))).items.map(
    ({ summary }: { summary: string }) => summary,
  );

/** Of each decision in the timeline everybody who was considered, in words. */
export const reasons = async (who: Caller, id: string): Promise<string[][]> =>
  (await done(who.get(`/v1/conversations/${id}/timeline?limit=200`))).items
    .filter(({ decision }: { decision?: unknown }) => decision)
    .map(({ decision }: { decision: { considered: { words: string }[] } }) =>
      decision.considered.map(({ words }) => words),
    );

/** What passed between the company and the contact: `who: text`, oldest first. */
export const spoken = async (who: Caller, id: string): Promise<string[]> =>
  (await done(who.get(`/v1/conversations/${id}/messages?limit=200`))).items
    .toSorted((a: { seq: number }, b: { seq: number }) => a.seq - b.seq)
    .map(
      ({ kind, author, text }: { kind: string; author: { name: string } | null; text: string }) =>
        `${author?.name ?? kind}: ${text}`,
    );

/** A contact who writes on a channel. */
export interface Writer {
  /** @returns the id of the conversation */
  write(text: string): Promise<string>;
}

export const contactOf = (channelId: string, withKey: Caller, name: string): Writer => {
  const contact = { externalId: `+55119${String(Math.floor(Math.random() * 1e8)).padStart(8, '0')}`, name };
  return {
    write: async (text) =>
      (await done(withKey.post(`/v1/channels/${channelId}/messages`, { contact, message: { id: randomUUID(), text } })))
        .conversationId,
  };
};
