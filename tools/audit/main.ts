import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Exception, judge } from './judge.ts';

// One check of `npm test`: known advisories against the packages that are shipped.

const root = fileURLToPath(new URL('../../', import.meta.url));
const withinMs = 60_000;

/** What `npm audit` prints; it exits with 1 for advisories and for a registry that has none to offer alike. */
const audit = (): Promise<string> =>
  new Promise((resolve) => {
    const npm = spawn(
      'npm',
      ['audit', '--omit=dev', '--json', '--audit', '--fetch-retries=1', '--fetch-timeout=20000'],
      {
        cwd: root,
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: withinMs,
      },
    );
    let printed = '';
    npm.stdout.on('data', (data: Buffer) => (printed += data.toString()));
    npm.once('error', (error) => resolve(JSON.stringify({ message: error.message })));
    npm.once('close', () => resolve(printed));
  });

const exceptions = JSON.parse(readFileSync(new URL('exceptions.json', import.meta.url), 'utf8')) as Exception[];
const { passes, lines } = judge(await audit(), exceptions, new Date().toISOString().slice(0, 10));
for (const line of lines) console.log(line);
process.exitCode = passes ? 0 : 1;
