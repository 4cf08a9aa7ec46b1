import { describe, expect, it } from 'vitest';
import { ConfigError, consoleUrlOf, readConfig } from '../src/config.ts';

const sound = { DATABASE_URL: 'postgres://rodizio@127.0.0.1:5432/rodizio' };

const mistakesOf = (env: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
};

describe('the configuration', () => {
  it('needs only a database; everything else has a default', () => {
    expect(readConfig(sound)).toMatchObject({
      PORT: 3_000,
      HOST: '127.0.0.1',
      ranges: { minOfferSeconds: 600, maxOfferSeconds: 3_600, minLimitSeconds: 600, maxLimitSeconds: 7_200 },
    });
  });

  it('tells every mistake at once, each with the variable and what would be right', () => {
    const mistakes = mistakesOf({ DATABASE_URL: 'mysql://x', PORT: 'soon', LOG_LEVEL: 'loud', ADMIN_EMAIL: 'nobody' });
    expect(mistakes.map((mistake) => mistake.split(':')[0]).sort()).toEqual([
      'ADMIN_EMAIL',
      'DATABASE_URL',
      'LOG_LEVEL',
      'PORT',
    ]);
    expect(mistakes.find((mistake) => mistake.startsWith('DATABASE_URL'))).toContain('postgres://');
    expect(mistakes.find((mistake) => mistake.startsWith('PORT'))).toContain('whole number from 0 to 65535');
  });

  it('says so when a required variable is missing', () => {
    expect(mistakesOf({})).toEqual(['DATABASE_URL: is not set']);
  });

  it.each([
    [{ ROUTING_MIN_OFFER_SECONDS: '20', ROUTING_MAX_OFFER_SECONDS: '10' }, 'ROUTING_MIN_OFFER_SECONDS'],
    [{ ROUTING_MIN_LIMIT_SECONDS: '20', ROUTING_MAX_LIMIT_SECONDS: '10' }, 'ROUTING_MIN_LIMIT_SECONDS'],
    [{ ADMIN_EMAIL: 'admin@demo.example' }, 'ADMIN_EMAIL'],
    [{ SMTP_URL: 'smtp://mail.example:587' }, 'MAIL_FROM'],
    [{ MAIL_FROM: 'rodizio@company.example' }, 'MAIL_FROM'],
    [{ DEMO: 'true', HOST: '0.0.0.0' }, 'HOST'],
    [{ SUGGESTIONS_KEY: 'chave' }, 'SUGGESTIONS_URL'],
    [{ SUGGESTIONS_URL: 'https://10.0.0.7/v1' }, 'SUGGESTIONS_URL'],
    [{ SUGGESTIONS_URL: 'http://suggestions.example/v1' }, 'SUGGESTIONS_URL'],
  ])('refuses what contradicts itself: %o', (env, variable) => {
    expect(mistakesOf({ ...sound, ...env }).map((mistake) => mistake.split(':')[0])).toEqual([variable]);
  });

  it('says how a provider of suggestions has to look', () => {
    const provider = (SUGGESTIONS_URL: string, more: NodeJS.ProcessEnv = {}) =>
      mistakesOf({ ...sound, SUGGESTIONS_URL, ...more }).map((mistake) => mistake.split(':')[0]);
    expect(provider('https://suggestions.example/v1', { SUGGESTIONS_KEY: 'chave' })).toEqual([]);
    expect(provider('http://127.0.0.1:8000/v1', { SUGGESTIONS_ALLOW_PRIVATE: 'true' })).toEqual([]);
    expect(provider('suggestions.example')).toEqual(['SUGGESTIONS_URL']);
    expect(provider('https://me:secret@suggestions.example')).toEqual(['SUGGESTIONS_URL']);
    expect(provider('https://suggestions.example', { SUGGESTIONS_KEY: 'a b' })).toEqual(['SUGGESTIONS_KEY']);
  });

  it('says how a mail server and a sender have to look', () => {
    const mail = (SMTP_URL: string, MAIL_FROM: string) =>
      mistakesOf({ ...sound, SMTP_URL, MAIL_FROM }).map((mistake) => mistake.split(':')[0]);
    expect(mail('smtps://u:p@mail.example', 'Rodízio <rodizio@company.example>')).toEqual([]);
    expect(mail('mail.example:587', 'Rodízio')).toEqual(['SMTP_URL', 'MAIL_FROM']);
    expect(mail('smtp://mail.example', 'a@b.example\r\nBcc: c@d.example')).toEqual(['MAIL_FROM']);
  });

  it('leads links to the console where there is one, else to where the API is reached', () => {
    const leads = (env: NodeJS.ProcessEnv) => consoleUrlOf(readConfig({ ...sound, ...env }));
    expect(leads({})).toBe('http://127.0.0.1:3000');
    expect(leads({ PUBLIC_URL: 'https://api.example/' })).toBe('https://api.example');
    expect(leads({ PUBLIC_URL: 'https://api.example', CONSOLE_URL: 'https://console.example/' })).toBe(
      'https://console.example',
    );
  });

  it('takes an empty value for one that is not set', () => {
    expect(readConfig({ ...sound, PORT: '', ADMIN_EMAIL: '' }).PORT).toBe(3_000);
  });
});
