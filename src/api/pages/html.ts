import { createHash } from 'node:crypto';
import type { Response } from 'express';

/** A piece of HTML in which everything that was put in has been escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (value: string | Html): string =>
  value instanceof Html ? value.text : value.replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign);

/** Makes HTML of a template; texts are escaped, pieces of HTML stay as they are. */
export const html = (strings: TemplateStringsArray, ...values: readonly (string | Html)[]): Html =>
  new Html(String.raw({ raw: strings }, ...values.map(escaped)));

const style = `
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; background: #f4f4f1; color: #1c1c1a; }
  main { max-width: 26rem; margin: 12vh auto 2rem; padding: 2rem; background: #fff; border: 1px solid #ddd; border-radius: .5rem; }
  h1 { font-size: 1.3rem; margin: 0 0 1rem; }
  label { display: block; margin: 1rem 0 .3rem; font-weight: 600; }
  input { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit; border: 1px solid #888; border-radius: .3rem; }
  button { margin-top: 1.2rem; padding: .7rem 1.2rem; font: inherit; font-weight: 600; color: #fff; background: #0f766e; border: 0; border-radius: .3rem; cursor: pointer; }
  .wrong { padding: .6rem .8rem; background: #fdecea; border-left: .25rem solid #b3261e; }
  .hint { color: #5f5f5a; font-size: .9rem; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** No script at all, nothing from elsewhere, no frame around it, and no address of it told to the next page. */
const headers = {
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex',
  Vary: 'Accept-Language',
};

/** Answers with a page of its own. */
export function sendPage(
  response: Response,
  { status, language, title, content }: { status: number; language: string; title: string; content: Html },
): void {
  const page = html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Rodízio</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
  response.status(status).set(headers).type('html').send(page.text);
}
