// `npm test`: every check in order, the cheap ones first; stops at the first that fails. With arguments only vitest
// runs, and gets them.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { elapsed } from './local/progress.ts';
import { closingLine } from './testCounts.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = join(ROOT, 'node_modules', '.bin');

interface Check {
  name: string;
  tool: string;
  args: readonly string[];
}

const CHECKS: readonly Check[] = [
  { name: 'format', tool: 'oxfmt', args: ['--check'] },
  { name: 'lint', tool: 'oxlint', args: ['--type-aware'] },
  { name: 'types', tool: 'tsc', args: ['--noEmit'] },
  {
    name: 'boundaries',
    tool: 'depcruise',
    args: ['--config', '.dependency-cruiser.js', 'src', 'test', 'tools', 'chaos', 'bench'],
  },
  { name: 'audit', tool: 'node', args: ['tools/audit/main.ts'] },
];

/** Runs one tool of node_modules/.bin to its end; Ctrl-C reaches it through here. */
async function run(tool: string, args: readonly string[]): Promise<number> {
  // The tools begin with `env node`: that must be the pinned one.
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env['PATH'] ?? ''}` };
  const child = spawn(join(BIN, tool), args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, forward);
  // The process that started us was killed: nobody waits for the result any more.
  const abandon = (): void => forward('SIGTERM');
  process.once('disconnect', abandon);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    for (const signal of signals) process.off(signal, forward);
    process.off('disconnect', abandon);
  }
}

async function check({ name, tool, args }: Check): Promise<boolean> {
  const startedAt = performance.now();
  console.log(`▶ ${name}: ${tool} ${args.join(' ')}`);
  const code = await run(tool, args);
  console.log(code === 0 ? `✓ ${name} (${elapsed(startedAt)})\n` : `✗ ${name} failed (${elapsed(startedAt)})`);
  return code === 0;
}

async function test(args: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rodizio-counts-'));
  const counts = join(folder, 'counts.json');
  try {
    console.log('▶ tests: vitest run');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${counts}`];
    const code = await run('vitest', ['run', ...reporters, ...args]);
    console.log(closingLine(counts, code));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const given = process.argv.slice(2);
let isGood = true;
if (given.length === 0) {
  for (const one of CHECKS) {
    isGood = await check(one);
    if (!isGood) break;
  }
}
process.exit(isGood ? await test(given) : 1);
