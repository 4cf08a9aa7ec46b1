import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { Html, html } from '../../../src/api/pages/html.ts';
import type { KeptMail, MailStore } from './store.ts';

const SHOWN = 100;

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1a; }
  article { border: 1px solid #ccc; border-radius: .4rem; padding: .5rem 1rem; margin: 1rem 0; }
  h2 { font-size: 1.05rem; margin: .5rem 0; }
  p { margin: 0; color: #5f5f5a; }
  pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
`;
const HEADERS = {
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The mailbox of everybody on one page, and as data under `/mails.json`. */
export function createMailboxServer(store: MailStore): Server {
  return createServer((request, response) => {
    const answer = async (): Promise<void> => {
      const { pathname } = new URL(request.url ?? '/', 'http://mailbox');
      const isData = pathname === '/mails.json';
      // Another name for this address would let pages of the web read along.
      if (!isLocalName(request.headers.host) || (pathname !== '/' && !isData)) {
        response.writeHead(404, HEADERS).end();
        return;
      }
      const mails = await store.list(SHOWN);
      const type = isData ? 'application/json' : 'text/html; charset=utf-8';
      response.writeHead(200, { ...HEADERS, 'Content-Type': type });
      response.end(isData ? JSON.stringify({ items: mails }) : pageOf(mails).text);
    };
    answer().catch((error: unknown) => {
      console.error(error);
      response.writeHead(500, HEADERS).end();
    });
  });
}

const isLocalName = (host: string | undefined): boolean =>
  /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host ?? '');

function pageOf(mails: readonly KeptMail[]): Html {
  const items = new Html(mails.map((mail) => articleOf(mail).text).join('\n'));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Mailbox · Rodízio</title>
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <h1>Mailbox</h1>
        <p>Every mail of this Rodízio, newest first. None leaves this machine. Load the page anew for more.</p>
        ${mails.length === 0 ? html`<article>No mail yet.</article>` : items}
      </body>
    </html>`;
}

const articleOf = ({ to, subject, receivedAt, text }: KeptMail): Html =>
  html`<article>
    <h2>${subject}</h2>
    <p>to ${to} · ${receivedAt}</p>
    <pre>${withLinks(text)}</pre>
  </article>`;

/** Addresses of the web in a text become links. */
function withLinks(text: string): Html {
  const parts = text.split(/(https?:\/\/[^\s<>"]+)/);
  return new Html(
    parts
      .map(
        (part, index) => (index % 2 === 0 ? html`${part}` : html`<a href="${part}" rel="noreferrer">${part}</a>`).text,
      )
      .join(''),
  );
}
