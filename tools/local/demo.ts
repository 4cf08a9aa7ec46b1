import { randomInt } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalSettings } from './settings.ts';

// Without letters and digits that are mistaken for one another when typed off a screen.
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** The environment that turns API and worker into the demo; empty when the demo is not used. */
export function demoEnvironment(settings: LocalSettings, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!settings.demo) return {};
  return {
    DEMO: 'true',
    DEMO_PASSWORD: demoPassword(settings),
    // Somebody who tries it out wants to see an offer expire.
    ROUTING_MIN_OFFER_SECONDS: env['ROUTING_MIN_OFFER_SECONDS'] ?? '1',
    ROUTING_MIN_LIMIT_SECONDS: env['ROUTING_MIN_LIMIT_SECONDS'] ?? '1',
  };
}

/** The password given, else the one of the last start, else a new one; kept for the next start, readable by us alone. */
export function demoPassword(settings: Pick<LocalSettings, 'dataDir' | 'demoPassword'>): string {
  const path = join(settings.dataDir, 'demo-password');
  const kept = readKept(path);
  const password = settings.demoPassword ?? kept ?? generate();
  if (password !== kept) {
    writeFileSync(path, `${password}\n`, { mode: 0o600 });
    chmodSync(path, 0o600);
  }
  return password;
}

function readKept(path: string): string | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

function generate(): string {
  const group = (): string => Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return [group(), group(), group(), group()].join('-');
}
