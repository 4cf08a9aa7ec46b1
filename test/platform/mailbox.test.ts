import { readdirSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { get } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createMailer } from '../../src/activities/mailer.ts';
import type { MailId } from '../../src/domain/ids.ts';
import { createMailboxServer } from '../../tools/local/mailbox/page.ts';
import { startReceiver } from '../../tools/local/mailbox/receiver.ts';
import { MailStore } from '../../tools/local/mailbox/store.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** The mailbox as `npm start` runs it, in this process. */
async function startMailbox(folder: string) {
  const store = new MailStore(folder);
  const receiver = await startReceiver({ port: 0, keep: (raw) => Promise.resolve(store.keep(raw)) });
  const server = createMailboxServer(store);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(receiver.stop, () => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const mailer = createMailer({ url: `smtp://127.0.0.1:${receiver.port}`, from: 'Rodízio <rodizio@localhost>' });
  const send = (to: string, text: string) =>
    mailer.send({ id: 'm1' as MailId, to: { name: 'Zé', address: to }, subject: 'Olá / hello', text, tokenHash: null });
  return { port, send, url: `http://127.0.0.1:${port}` };
}

test('shows every mail that came, newest first, its link to be clicked and everything else as text', async () => {
  const { send, url } = await startMailbox(join(temporaryFolder(), 'mail'));
  expect((await fetch(url).then((page) => page.text())).includes('No mail yet')).toBe(true);
  await send('ana@x.example', 'Abra\n\nhttp://127.0.0.1:3000/invitations/rzi_1\n\n<script>alert(1)</script>');
  await send('bia@x.example', 'Segunda');
  const page = await fetch(url);
  const text = await page.text();
  expect(text).toContain('href="http://127.0.0.1:3000/invitations/rzi_1"');
  expect(text).toContain('&lt;script&gt;');
  expect(text).not.toContain('<script>');
  expect(text.indexOf('bia@x.example')).toBeLessThan(text.indexOf('ana@x.example'));
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
  const { items } = (await fetch(`${url}/mails.json`).then((answer) => answer.json())) as { items: object[] };
  expect(items).toMatchObject([
    { to: 'bia@x.example', subject: 'Olá / hello' },
    { to: 'ana@x.example', messageId: '<m1@localhost>' },
  ]);
});

test('keeps the mails over a restart, in files that nobody else can read', async () => {
  const folder = join(temporaryFolder(), 'mail');
  const first = await startMailbox(folder);
  expect(await first.send('ana@x.example', 'guarde')).toEqual({ kind: 'accepted' });
  for (const end of ends.splice(0)) await end();
  const second = await startMailbox(folder);
  expect(await fetch(second.url).then((page) => page.text())).toContain('guarde');
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
});

test('answers to its own address only, so that no page of the web reads along', async () => {
  const { port } = await startMailbox(join(temporaryFolder(), 'mail'));
  const statusFor = (host: string) =>
    new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: '/mails.json', headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
  expect(await statusFor(`127.0.0.1:${port}`)).toBe(200);
  expect(await statusFor('evil.example')).toBe(404);
});
