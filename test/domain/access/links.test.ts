import { describe, expect, test } from 'vitest';
import { linkEnd, linkLifetimeMs, linkPurposes } from '../../../src/domain/access/links.ts';
import { mailKinds } from '../../../src/domain/access/mail.ts';
import { mailWords } from '../../../src/domain/access/mailWords.ts';

const now = new Date('2026-11-22T12:00:00Z');
const [before, after] = [new Date(now.getTime() - 1), new Date(now.getTime() + 1)];

describe('a link', () => {
  test.each([
    ['can be used while its time runs', { usedAt: null, revokedAt: null, expiresAt: after }, null],
    ['has ended with its time, to the millisecond', { usedAt: null, revokedAt: null, expiresAt: now }, 'link-expired'],
    [
      'that was withdrawn says so, whatever its time',
      { usedAt: null, revokedAt: before, expiresAt: before },
      'link-revoked',
    ],
    ['that was used says so first', { usedAt: before, revokedAt: before, expiresAt: before }, 'link-used'],
  ] as const)('%s', (_what, link, expected) => {
    expect(linkEnd(link, now)).toBe(expected);
  });

  test('lives seven days, an hour, a day: no purpose is without an end', () => {
    expect(linkPurposes.map((purpose) => linkLifetimeMs[purpose] / 3_600_000)).toEqual([168, 1, 24]);
  });
});

describe('a mail', () => {
  const facts = {
    organization: 'Prado',
    name: 'Bia',
    link: 'https://c.test/x/rzi_1',
    newEmail: 'nova@x.example',
    signature: null,
  };

  test.each(mailKinds)('%s speaks Portuguese first, then English, and names the person', (kind) => {
    const { subject, text } = mailWords(kind, facts);
    expect(subject).toMatch(/^Prado: .+ \/ .+/);
    expect(text).toMatch(/^Olá, Bia!\n[^]+\n—\n[^]+\n$/);
    expect(text.split('—')[1]).toMatch(/\b(?:your|you)\b/);
  });

  test.each(mailKinds)('%s brings its link once, on a line of its own; a notice brings none', (kind) => {
    const links = mailWords(kind, facts)
      .text.split('\n')
      .filter((line) => line.includes('https://'));
    expect(links).toEqual(linkPurposes.some((purpose) => purpose === kind) ? ['https://c.test/x/rzi_1'] : []);
  });

  test('the signature stands last, where mail programs look for it', () => {
    const { text } = mailWords('invitation', { ...facts, signature: 'Equipe Prado' });
    expect(text).toMatch(/\n-- \nEquipe Prado\n$/);
    expect(mailWords('invitation', facts).text).not.toContain('-- ');
  });

  test('the notice of a new address names it', () => {
    expect(mailWords('email-changed', facts).text).toContain('nova@x.example');
  });
});
