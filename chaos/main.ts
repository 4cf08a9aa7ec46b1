// `npm run chaos`: seeded traffic on the production-like set while its parts are killed, then every property of "Never"
// and of R1 to R15 (routing rules) checked from what is left: tables, workflow histories, what the callers were told and
// what readers were shown. The seed decides who does what and what is killed in which order; the moments are the
// machine's.
import { mkdtempSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain } from '../tools/local/summary.ts';
import { listenForStop } from '../tools/local/stopRequests.ts';
import { say } from '../tools/local/progress.ts';
import { startProductionLike, type ProductionLikeSet } from '../tools/productionLike/set.ts';
import { checkAll } from './checker/check.ts';
import type { Snapshot } from './checker/snapshot.ts';
import { ADMIN_EMAIL, PASSWORD } from './company.ts';
import { startAgain } from './killer.ts';
import { readOptions, USAGE, type ChaosOptions } from './options.ts';
import { play } from './play.ts';
import { type Proxy, proxyTo } from './proxy.ts';
import { figures, isProven, resultOf, table } from './report.ts';

const RESTART_MS = 500;
/** The exit code of a run that was stopped before its end: it has proved nothing. */
const STOPPED = 130;
const MISUSED = 2;

async function main(): Promise<number> {
  let options: ChaosOptions;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(explain(error));
    return MISUSED;
  }
  if (options.help) {
    say(USAGE);
    return 0;
  }
  if (options.check !== null) {
    const checked = checkAll(JSON.parse(readFileSync(options.check, 'utf8')) as Snapshot);
    say(table(checked));
    return isProven(checked) ? 0 : 1;
  }
  say(`Seed ${options.seed}: npm run chaos -- --seed ${options.seed} runs the same plan again.`);
  const { requested, forced } = listenForStop();
  // At once: what runs is left to the guard of the set.
  void forced.then(() => process.exit(STOPPED));
  const folder = mkdtempSync(join(tmpdir(), 'rodizio-chaos-'));
  // As root PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  const proxies: Proxy[] = [];
  let set: ProductionLikeSet | null = null;
  let keep = false;
  const deaths: string[] = [];
  try {
    set = await startProductionLike({
      folder,
      isTemporary: true,
      env: process.env,
      settings: {
        ADMIN_EMAIL,
        ADMIN_PASSWORD: PASSWORD,
        ROUTING_MIN_OFFER_SECONDS: '1',
        ROUTING_MIN_LIMIT_SECONDS: '1',
        SWEEP_SECONDS: '5',
        LOG_LEVEL: 'warn',
      },
      byWayOf: async (_link, port) => {
        const proxy = await proxyTo(port);
        proxies.push(proxy);
        return proxy.port;
      },
      onDeath: (name, _logFile, part) => {
        say(`  ${name} has ended by itself`);
        // Temporal ends when it finds no database at its start: that is not for us to mend.
        if (part.kind === 'api' || part.kind === 'worker') deaths.push(name);
        // As the supervisor of a deployment would.
        setTimeout(() => void startAgain(part).catch(() => {}), RESTART_MS);
      },
      signal: requested,
    });
    const stopped = new Promise<never>((_resolve, reject) => {
      requested.addEventListener('abort', () => reject(requested.reason as Error), { once: true });
    });
    const holds = await Promise.race([judged(options, { set, proxies, deaths, requested }, folder), stopped]);
    keep = !holds;
    return holds ? 0 : 1;
  } catch (error) {
    if (requested.aborted) {
      say('\nStopped before the end: nothing was checked. Stopping the set …');
      return STOPPED;
    }
    keep = true;
    console.error(`\n${explain(error)}\nSeed ${options.seed}. Logs: ${join(folder, 'logs')}`);
    return 1;
  } finally {
    await set?.stop();
    for (const proxy of proxies) await proxy.stop();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  }
}

/** Plays, checks, tells and writes. @returns whether every property holds */
async function judged(options: ChaosOptions, stage: Parameters<typeof play>[1], folder: string): Promise<boolean> {
  const played = await play(options, stage);
  const checked = checkAll(played.snapshot);
  const result = resultOf(options.seed, played, checked);
  say(`${figures(played)}\n\n${table(checked)}`);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
  if (options.snapshot !== null) writeFileSync(options.snapshot, JSON.stringify(played.snapshot));
  if (isProven(checked)) {
    say(`\nSeed ${options.seed}: every property holds.`);
    return true;
  }
  const file = join(folder, 'snapshot.json');
  writeFileSync(file, JSON.stringify(played.snapshot));
  const broken = checked.filter(({ violations }) => violations.length > 0).length;
  say(`\nSeed ${options.seed} broke ${broken} properties. Kept: --check ${file}; logs: ${stage.set.logFolder}`);
  return false;
}

process.exit(await main());
