// `node tools/productionLike/main.ts`: PostgreSQL, a Temporal server on it, two workers and two APIs on loopback, as a
// deployment has them, without containers. Ctrl-C stops all of it; the data stays for the next start.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { demoPassword } from '../local/demo.ts';
import { lastLines } from '../local/logs.ts';
import { takeLock, type Lock } from '../local/lock.ts';
import { say } from '../local/progress.ts';
import { listenForStop } from '../local/stopRequests.ts';
import { explain, summary } from '../local/summary.ts';
import { startProductionLike, type ProductionLikeSet } from './set.ts';

const FORCED = 130;
const ADMIN_EMAIL = 'admin@production-like.example';

async function main(): Promise<number> {
  const { requested, forced } = listenForStop();
  // At once: what runs is left to the guard of the set.
  void forced.then(() => process.exit(FORCED));
  const folder = resolve(process.env['DATA_DIR'] ?? '.data-production-like');
  mkdirSync(folder, { recursive: true });
  let lock: Lock | null = null;
  let set: ProductionLikeSet | null = null;
  try {
    lock = takeLock(join(folder, 'rodizio.lock'));
    const password = demoPassword({ dataDir: folder, demoPassword: process.env['ADMIN_PASSWORD'] ?? null });
    let reportDeath: (error: Error) => void = () => {};
    const died = new Promise<never>((_resolve, reject) => {
      reportDeath = reject;
    });
    died.catch(() => {});
    set = await startProductionLike({
      folder,
      env: process.env,
      settings: { ADMIN_EMAIL, ADMIN_PASSWORD: password },
      signal: requested,
      onDeath: (name, logFile) =>
        reportDeath(new Error(`${name} has ended. The end of ${logFile}:\n${lastLines(logFile)}`)),
    });
    const addresses = {
      ...Object.fromEntries(set.apis.map((api, index) => [`API ${index + 1}`, `${api}/v1`])),
      'API docs': `${set.apis[0]}/docs`,
      Temporal: `${set.temporalAddress} (namespace default)`,
      PostgreSQL: new URL(set.databaseUrl).host,
      'Signs in': `${ADMIN_EMAIL} with ${password}`,
    };
    lock.note({ API: addresses['API docs'] });
    say(summary(folder, addresses));
    const stopped = new Promise<void>((resolve) => {
      if (requested.aborted) resolve();
      else requested.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([died, stopped]);
    return 0;
  } catch (error) {
    if (requested.aborted) return 0;
    console.error(`\n${explain(error)}`);
    return 1;
  } finally {
    if (requested.aborted) say('\nStopping …');
    await set?.stop();
    lock?.release();
  }
}

process.exit(await main());
