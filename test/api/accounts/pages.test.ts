import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser } from '../../support/builders.ts';
import { captureLog } from '../../support/captureLog.ts';
import { createLink } from '../../support/mailRoom.ts';
import { type AccountWorld, anAddress, joined, password, signIn, startAccounts } from './world.ts';

const { log, text: logged } = captureLog();
let world: AccountWorld;
beforeAll(async () => {
  world = await startAccounts({ log });
});
afterAll(() => world.stop());

const look = (path: string, language = 'pt-BR,pt;q=0.9') =>
  world.api.nobody.get(path, { headers: { 'accept-language': language } });
const submit = (path: string, fields: Readonly<Record<string, string>>) =>
  world.api.nobody.post(path, new URLSearchParams(fields).toString(), {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
const newcomer = async (name = 'Bia') => {
  const user = await createUser(world.api.platform, { name, verifiedAt: null });
  return { ...user, path: `/invitations/${await createLink(world.api.platform, user, 'invitation')}` };
};

describe('the page of an invitation', () => {
  it('sets the password by a plain form, and says what went wrong in words', async () => {
    const { path, email } = await newcomer();
    const page = await look(path);
    expect(page.status).toBe(200);
    expect(page.body).toContain('<h1>Defina a sua senha</h1>');
    expect(page.body).toContain(email);
    const different = await submit(path, { password, again: `${password}!` });
    expect([different.status, different.body]).toEqual([400, expect.stringContaining('não são iguais')]);
    const short = await submit(path, { password: 'curta', again: 'curta' });
    expect([short.status, short.body]).toEqual([400, expect.stringContaining('pelo menos 8 caracteres')]);
    const done = await submit(path, { password, again: password });
    expect([done.status, done.body]).toEqual([200, expect.stringContaining('a sua conta está verificada')]);
    expect((await signIn(world, email)).status).toBe(201);
    const again = await look(path);
    expect([again.status, again.body]).toEqual([409, expect.stringContaining('já foi usado')]);
  });

  it('changes nothing by being looked at: mail programs follow links', async () => {
    const { path, email } = await newcomer();
    for (let n = 0; n < 3; n++) expect((await look(path)).status).toBe(200);
    expect((await signIn(world, email)).status).toBe(401);
    expect((await submit(path, { password, again: password })).status).toBe(200);
  });

  it('speaks Portuguese unless English is preferred', async () => {
    const { path } = await newcomer();
    const languageOf = async (language: string) => /<html lang="([^"]+)">/.exec((await look(path, language)).body)?.[1];
    expect(await languageOf('en-GB,en;q=0.9,pt;q=0.5')).toBe('en');
    expect(await languageOf('pt-PT,pt;q=0.9,en;q=0.8')).toBe('pt-BR');
    expect(await languageOf('de')).toBe('pt-BR');
    expect(await languageOf('*')).toBe('pt-BR');
  });

  it('runs no script, loads nothing, stands in no frame, is kept nowhere and tells its address to nobody', async () => {
    const { path } = await newcomer();
    for (const page of [await look(path), await look('/invitations/rzi_unknown'), await look('/password-resets')]) {
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; /);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.body).not.toMatch(/<script|\son\w+=|https?:\/\//);
    }
  });

  it('shows what people are called as text, whatever they are called', async () => {
    const { path } = await newcomer('<img src=x onerror=alert(1)>"\'&');
    const { body } = await look(path);
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
    expect(body).not.toContain('<img');
  });
});

describe('the other pages', () => {
  it('choose a new password, and lead to a new link when theirs has ended', async () => {
    const ana = await joined(world);
    const path = `/password-resets/${await createLink(world.api.platform, ana, 'password-reset')}`;
    expect((await submit(path, { password: 'outro segredo', again: 'outro segredo' })).status).toBe(200);
    expect((await signIn(world, ana.email, 'outro segredo')).status).toBe(201);
    const expired = await createLink(world.api.platform, ana, 'password-reset', { expiresAt: new Date() });
    const late = await look(`/password-resets/${expired}`);
    expect([late.status, late.body]).toEqual([409, expect.stringContaining('<a href="/password-resets">')]);
  });

  it('ask for a link to a new password, with one answer for every address', async () => {
    const ana = await joined(world);
    expect((await look('/password-resets')).body).toContain('Esqueceu a senha?');
    const answers = [];
    for (const email of [ana.email, anAddress(), 'nonsense', ''])
      answers.push((await submit('/password-resets', { email })).body);
    expect(new Set(answers).size).toBe(1);
    await world.send();
    expect(world.server.to(ana.email)).toHaveLength(1);
  });

  it('confirm a new address only when the button is pressed', async () => {
    const ana = await joined(world);
    const email = anAddress('nova');
    const path = `/email-changes/${await createLink(world.api.platform, ana, 'email-change', { email })}`;
    expect((await look(path)).body).toContain(email);
    expect((await signIn(world, email)).status).toBe(401);
    expect((await submit(path, {})).status).toBe(200);
    expect((await signIn(world, email)).status).toBe(201);
  });

  it('say that there is no such link, and refuse fields that are none', async () => {
    expect((await look('/invitations/x')).status).toBe(404);
    expect((await look('/email-changes/rze_x', 'en')).body).toContain('There is no such link');
    const { path } = await newcomer();
    expect((await submit(path, {})).status).toBe(400);
    expect((await submit(path, { 'password[]': password })).status).toBe(400);
  });
});

describe('the log', () => {
  it('holds neither secrets of links nor addresses, at any level', async () => {
    const { path, email } = await newcomer();
    const token = path.split('/').at(-1) ?? '';
    await look(path);
    await world.api.nobody.get(`/v1/invitations/${token}`);
    await world.api.nobody.post('/v1/password-resets', { email });
    await submit(path, { password, again: password });
    await world.api.nobody.post(`/v1/invitations/${token}/accept`, { password });
    await world.send();
    expect(logged()).toContain('/v1/invitations/[secret]/accept');
    expect(logged()).toContain('/invitations/[secret]');
    expect([logged().includes(token), logged().includes(email)]).toEqual([false, false]);
  });
});
