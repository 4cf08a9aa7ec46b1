import { resolve } from 'node:path';

/** What `npm start` was told by the environment. */
export interface LocalSettings {
  dataDir: string;
  host: string;
  port: number;
  /** The port was asked for: when it is taken, that is an error. */
  isPortFixed: boolean;
  publicUrl: string | null;
  databaseUrl: string | null;
  temporalAddress: string | null;
  /** The mail server; `null`: the mailbox of this machine. */
  smtpUrl: string | null;
  demo: boolean;
  demoPassword: string | null;
}

/** Every mistake in the environment, one per line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const DEFAULT_PORT = 3000;

/**
 * Reads what concerns the local start; the API checks the rest of its configuration itself. The demo company is used
 * when no first administrator is named (`DEMO=false` does without), on loopback only, for its passwords are printed.
 */
export function readSettings(env: NodeJS.ProcessEnv): LocalSettings {
  const value = (name: string): string | null => {
    const text = env[name]?.trim();
    return text === undefined || text === '' ? null : text;
  };
  const mistakes: string[] = [];
  const portText = value('PORT');
  const port = portText === null ? DEFAULT_PORT : Number(portText);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    mistakes.push(`PORT is "${portText}": it must be a whole number from 1 to 65535.`);
  }
  const host = value('HOST') ?? '127.0.0.1';
  const hasAdministrator = value('ADMIN_EMAIL') !== null || value('ADMIN_PASSWORD') !== null;
  const demo = !hasAdministrator && value('DEMO') !== 'false';
  if (demo && !isLoopback(host)) {
    mistakes.push(
      `HOST is "${host}", and the demo company, whose passwords are printed, is only for loopback: ` +
        'set ADMIN_EMAIL and ADMIN_PASSWORD, or HOST=127.0.0.1.',
    );
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes.join('\n'));
  return {
    dataDir: resolve(value('DATA_DIR') ?? '.data'),
    host,
    port,
    isPortFixed: portText !== null,
    publicUrl: value('PUBLIC_URL'),
    databaseUrl: value('DATABASE_URL'),
    temporalAddress: value('TEMPORAL_ADDRESS'),
    smtpUrl: value('SMTP_URL'),
    demo,
    demoPassword: value('DEMO_PASSWORD'),
  };
}

/** Whether an address reaches this machine only. */
export function isLoopback(host: string): boolean {
  return ['127.0.0.1', '::1', 'localhost'].includes(host);
}

/** How somebody on this machine reaches a server that listens on `host`. */
export function localUrl(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  if (host === '::') return `http://[::1]:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
