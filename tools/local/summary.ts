import { join, relative } from 'node:path';
import { LockHeldError, type LockHolder } from './lock.ts';

/** What is printed when everything runs. */
export function summary(dataDir: string, addresses: Record<string, string>): string {
  const folder = relative(process.cwd(), dataDir) || '.';
  const lines = Object.entries({ ...addresses, Logs: join(folder, 'logs') }).map(line);
  return ['', `Rodízio is running. Ctrl-C stops it; its data stays in ${folder}.`, '', ...lines, ''].join('\n');
}

function line([name, value]: [string, string]): string {
  return `  ${name.padEnd(12)} ${value}`;
}

/** Why it does not run, for people. */
export function explain(error: unknown): string {
  if (error instanceof LockHeldError) return alreadyRuns(error.holder);
  return error instanceof Error ? error.message : String(error);
}

function alreadyRuns(holder: LockHolder): string {
  const addresses = Object.entries(holder.notes);
  const where = addresses.length > 0 ? addresses.map(line).join('\n') : '  (it is still starting)';
  const head = `Rodízio already runs on this data folder: process ${holder.pid}, since ${holder.since}.`;
  return `${head}\n${where}\nStop it there, or set DATA_DIR to another folder.`;
}
