// `npm run demo`: a day of the demo company, played against a running platform through its public API.
import { Client } from './client.ts';
import { enterCompany, leaveCompany, type Company } from './company.ts';
import { playDay } from './day.ts';
import { readOptions, usage, type Options } from './options.ts';
import { findPlace, nothingThere, type Place } from './place.ts';
import { printed, surprises } from './print.ts';
import { readBack } from './readBack.ts';
import { reportOf } from './report.ts';
import { NotRestoredError, restoreLeftover, withDemoSettings } from './settingsGuard.ts';
import { listenForStop } from './stop.ts';
import { Tally } from './tally.ts';

const OFFER_SECONDS = 4;
const LIMIT_OFFERS = 5;
const STOPPED = 130;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.log(usage);
    return 0;
  }
  const requested = listenForStop();
  try {
    return await run(options, findPlace(process.env), requested);
  } catch (error) {
    if (!requested.aborted || error instanceof NotRestoredError) throw error;
    console.log('Stopped; the settings of the sectors are as before.');
    return STOPPED;
  }
}

async function run(options: Options, place: Place, requested: AbortSignal): Promise<number> {
  const tally = new Tally();
  const client = new Client({ base: place.base, tally, signal: requested });
  await assertReachable(place.base);
  let company = await enterCompany(client, place.password);
  try {
    if (await restoreLeftover(company.administrator.client, place.settingsFile)) {
      console.log('Put back the settings that an earlier run, which was killed, had left changed.');
      // What was read before that is not what has to be put back at the end.
      await leaveCompany(company);
      company = await enterCompany(client, place.password);
    }
    return await play(company, place, options, tally, requested);
  } finally {
    await leaveCompany(company);
  }
}

async function play(
  company: Company,
  place: Place,
  options: Options,
  tally: Tally,
  requested: AbortSignal,
): Promise<number> {
  const { administrator, reception, sales, salespeople } = company;
  const channel = administrator.client.withToken(place.channelKey);
  const offerSeconds = Math.max(Math.round((OFFER_SECONDS * Math.min(options.minutes, 3)) / 3), 1);
  console.log(
    `A day in ${options.minutes} min: ${options.contacts} contacts, offers of ${offerSeconds} s. --seed ${options.seed} plays it again.`,
  );
  const guarded = {
    client: administrator.client,
    file: place.settingsFile,
    sectors: [reception, sales],
    people: salespeople,
    offerSeconds,
    limitSeconds: offerSeconds * LIMIT_OFFERS,
  };
  const { conversations, onBreak } = await withDemoSettings(guarded, () =>
    playDay(company, channel, options, requested),
  );
  console.log(`\n${printed(reportOf(await readBack(administrator.client, conversations)), company, tally)}`);
  console.log(`\n${onBreak.name} was on a break for a while and got no offers meanwhile.`);
  const wrong = surprises(tally);
  if (wrong.length === 0) return 0;
  console.log(`\nUnexpected:\n${wrong.join('\n')}`);
  return 1;
}

async function assertReachable(base: string): Promise<void> {
  const answer = await fetch(`${base}/health/ready`, { signal: AbortSignal.timeout(10_000) }).catch(() => null);
  if (!answer) throw new Error(nothingThere(base));
  if (!answer.ok) throw new Error(`${base} is there, but not ready (${answer.status}): ${await answer.text()}`);
}

process.exit(
  await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }),
);
