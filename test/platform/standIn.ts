import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startPart, type Part, type PartSpec } from '../../tools/local/processes.ts';
import { waitUntil } from '../../tools/local/wait.ts';

/** Starts a Node process with this code as a part; it is killed when the test is over. */
export async function startStandIn(folder: string, code: string, overrides: Partial<PartSpec> = {}): Promise<Part> {
  mkdirSync(folder, { recursive: true });
  const name = overrides.name ?? 'part';
  const script = join(folder, `${name}.mjs`);
  writeFileSync(script, code);
  const part = await startPart({
    name,
    command: process.execPath,
    args: [script],
    folder,
    runFolder: join(folder, 'run'),
    logFile: join(folder, `${name}.log`),
    stopWithinMs: 5_000,
    ...overrides,
  });
  onTestFinished(() => part.force());
  return part;
}

/** Waits until the part has written this to its log. */
export async function untilLogged(part: Part, text: string): Promise<void> {
  const isThere = (): boolean => readFileSync(part.logFile, 'utf8').includes(text);
  if (!(await waitUntil(isThere, 20_000))) throw new Error(`${part.name} never wrote "${text}".`);
}

/** Runs until SIGTERM, then ends. */
export const OBEDIENT = `
process.on('SIGTERM', () => { console.log('asked'); process.exit(0); });
setInterval(() => {}, 1000);
console.log('up');
`;

/** Pays no heed to SIGTERM, and has a child that does not either. */
export const STUBBORN = `
import { spawn } from 'node:child_process';
process.on('SIGTERM', () => console.log('asked'));
const code = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')";
// The path names our folder, by which a later run recognises what a killed one has left behind.
spawn(process.execPath, ['-e', code, process.argv[1]], { stdio: 'inherit' });
`;
