import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the platform is, and the secrets of the demo company. */
export interface Place {
  /** Without a trailing slash. */
  readonly base: string;
  readonly password: string;
  readonly channelKey: string;
  /** Where the settings are kept while the simulation has changed them. */
  readonly settingsFile: string;
}

const DEFAULT_BASE = 'http://127.0.0.1:3000';
const HINT = 'Start the platform first, in another terminal: npm start (with the same DATA_DIR, if you set one).';

/**
 * Finds the running platform: what the environment says (`PUBLIC_URL`, `DEMO_PASSWORD`, `DEMO_CHANNEL_KEY`), else what
 * `npm start` has left in the data folder.
 * @throws Error that says what is missing
 */
export function findPlace(env: NodeJS.ProcessEnv): Place {
  const folder = resolve(env['DATA_DIR'] || '.data');
  const secret = (name: string, file: string): string => {
    const found = env[name] || readText(join(folder, file));
    if (found) return found;
    throw new Error(`Neither ${name} nor ${join(folder, file)} is there. ${HINT}`);
  };
  return {
    base: (env['PUBLIC_URL'] || addressIn(join(folder, 'rodizio.lock')) || DEFAULT_BASE).replace(/\/+$/, ''),
    password: secret('DEMO_PASSWORD', 'demo-password'),
    channelKey: secret('DEMO_CHANNEL_KEY', 'demo-channel-key'),
    settingsFile: join(folder, 'demo-saved-settings.json'),
  };
}

/** What to say when nothing answers there. */
export const nothingThere = (base: string): string => `Nothing answers at ${base}. ${HINT}`;

/** The running start notes its addresses in its lock file. */
function addressIn(lockFile: string): string | null {
  try {
    const { notes } = JSON.parse(readText(lockFile) ?? '{}') as { readonly notes?: { readonly API?: string } };
    return notes?.API?.replace(/\/v1\/?$/, '') ?? null;
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch {
    return null;
  }
}
