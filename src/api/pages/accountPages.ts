import express, { type Express, type Request, type Response } from 'express';
import { dbOf } from '../../database/db.ts';
import { unavailableWhenAway } from '../../database/failures.ts';
import type { LinkPurpose } from '../../domain/access/links.ts';
import {
  acceptInvitation,
  askForReset,
  confirmEmail,
  resetPassword,
  type ShownLink,
  showLink,
} from '../accounts/links.ts';
import { resetRequestSchema } from '../accounts/schema.ts';
import type { ApiDeps } from '../deps.ts';
import { slowedDownPage } from '../guessing.ts';
import { problemOf, refusalOf } from '../problems.ts';
import { newPassword } from '../users/schema.ts';
import { Html, html, sendPage } from './html.ts';
import { type Texts, textsFor } from './texts.ts';

const paths: Readonly<Record<LinkPurpose, string>> = {
  invitation: '/invitations',
  'password-reset': '/password-resets',
  'email-change': '/email-changes',
};

/**
 * The pages to which the links of mails lead as long as no console has its own: forms that work without any script.
 * Looking at one changes nothing, for mail programs follow links.
 */
export function mountAccountPages(app: Express, deps: ApiDeps): void {
  const form = express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 10 });
  const db = () => dbOf(deps.platform.orm.em.fork());
  const served =
    (work: (request: Request, response: Response, texts: Texts) => Promise<void>) =>
    (request: Request, response: Response): void => {
      const texts = textsFor((...languages) => request.acceptsLanguages(...languages));
      void work(request, response, texts).catch(async (error: unknown) =>
        sendRefusal(deps, request, response, texts, await slowedDownPage(deps, request, error)),
      );
    };

  for (const purpose of Object.keys(paths) as LinkPurpose[]) {
    const path = `${paths[purpose]}/:token`;
    app.get(
      path,
      served(async (request, response, texts) => {
        const link = await showLink(deps, db(), purpose, tokenOf(request));
        sendForm(response, texts, purpose, link, null);
      }),
    );
    app.post(
      path,
      form,
      served(async (request, response, texts) => {
        const token = tokenOf(request);
        if (purpose === 'email-change') await confirmEmail(deps, token);
        else {
          const link = await showLink(deps, db(), purpose, token);
          const { password, again } = fieldsOf(request);
          const wrong = wrongWith(password, again, texts);
          if (wrong !== null) {
            sendForm(response, texts, purpose, link, wrong);
            return;
          }
          await (purpose === 'invitation' ? acceptInvitation : resetPassword)(deps, db(), token, password);
        }
        const { title, done } = texts.forms[purpose];
        sendDone(response, texts, title, done);
      }),
    );
  }
  app.get(
    paths['password-reset'],
    served((_request, response, texts) => Promise.resolve(sendAsk(response, texts))),
  );
  app.post(
    paths['password-reset'],
    form,
    served(async (request, response, texts) => {
      const asked = resetRequestSchema.safeParse({ email: fieldsOf(request).email });
      if (asked.success) await askForReset(deps, { email: asked.data.email, ip: request.ip ?? '' });
      sendDone(response, texts, texts.ask.title, texts.ask.done);
    }),
  );
}

const tokenOf = (request: Request): string => String(request.params['token']);

/** What a form sent; a field that is missing is empty. */
function fieldsOf(request: Request): { password: string; again: string; email: string } {
  const body = (request.body ?? {}) as Readonly<Record<string, unknown>>;
  const text = (name: string): string => (typeof body[name] === 'string' ? body[name].toWellFormed() : '');
  return { password: text('password'), again: text('again'), email: text('email').replaceAll('\0', '') };
}

function wrongWith(password: string, again: string, texts: Texts): string | null {
  if (password !== again) return texts.different;
  if (newPassword.safeParse(password).success) return null;
  return password.length < 8 ? texts.tooShort : texts.tooLong;
}

const nothing = new Html('');

function sendForm(response: Response, texts: Texts, purpose: LinkPurpose, link: ShownLink, wrong: string | null): void {
  const { title, intro, button } = texts.forms[purpose];
  const passwords = html`<label for="password">${texts.password}</label>
    <input
      id="password"
      name="password"
      type="password"
      autocomplete="new-password"
      minlength="8"
      maxlength="200"
      required
      autofocus
    />
    <p class="hint">${texts.hint}</p>
    <label for="again">${texts.again}</label>
    <input id="again" name="again" type="password" autocomplete="new-password" maxlength="200" required />`;
  // Without an address of its own the form goes to the page that it stands on.
  const content = html`<p>${intro(link)}</p>
    <p><strong>${link.email}</strong></p>
    ${wrong === null ? nothing : html`<p class="wrong" role="alert">${wrong}</p>`}
    <form method="post">
      <input type="hidden" name="username" value="${link.email}" autocomplete="username" />
      ${purpose === 'email-change' ? nothing : passwords}
      <button>${button}</button>
    </form>`;
  sendPage(response, { status: wrong === null ? 200 : 400, language: texts.language, title, content });
}

function sendAsk(response: Response, texts: Texts): void {
  const { title, intro, button } = texts.ask;
  const content = html`<p>${intro}</p>
    <form method="post">
      <label for="email">${texts.email}</label>
      <input id="email" name="email" type="email" autocomplete="username" maxlength="254" required autofocus />
      <button>${button}</button>
    </form>`;
  sendPage(response, { status: 200, language: texts.language, title, content });
}

const sendDone = (response: Response, { language }: Texts, title: string, done: string): void =>
  sendPage(response, { status: 200, language, title, content: html`<p role="status">${done}</p>` });

/** A refusal in words; a defect is logged and told as a failure. */
function sendRefusal(deps: ApiDeps, request: Request, response: Response, texts: Texts, error: unknown): void {
  const refusal = refusalOf(unavailableWhenAway(error));
  if (!refusal) deps.log.error({ err: error, requestId: String(request.id) }, 'a page failed by a defect');
  const { status } = refusal ? problemOf(refusal) : { status: 500 };
  const told = (refusal && texts.refusals[refusal.code]) ?? texts.failed;
  const mayAsk = refusal?.code.startsWith('link-') === true && request.path.startsWith(paths['password-reset']);
  const content = html`<p class="wrong" role="alert">${told}</p>
    ${mayAsk ? html`<p><a href="${paths['password-reset']}">${texts.askAgain}</a></p>` : nothing}`;
  sendPage(response, { status, language: texts.language, title: texts.notPossible, content });
}
