import type { Client } from './client.ts';
import type { Company, Person } from './company.ts';
import { takeBreak } from './breakTime.ts';
import { Contacts } from './contacts.ts';
import { profile } from './data.ts';
import { followEvents, type LiveEvent } from './eventStream.ts';
import type { Options } from './options.ts';
import { Progress } from './progress.ts';
import { Random } from './random.ts';
import { Salesperson } from './salesperson.ts';
import { dayClock, scheduleArrivals } from './schedule.ts';
import type { Seat } from './seat.ts';
import { Secretary } from './secretary.ts';
import { Stage } from './stage.ts';

/** The length of a day in which people take as long as they are written to take. */
const PLAIN_MINUTES = 3;
/** After the last arrivals people finish what they have. */
const ARRIVALS_PART = 0.84;
const LATE_PART = 0.8;
const LUNCH = { from: 12 * 60, to: 13 * 60 + 30 };

/** What a day has left to be read back. */
export interface PlayedDay {
  readonly conversations: ReadonlySet<string>;
  /** Who got no offers for a while. */
  readonly onBreak: Person;
}

/**
 * Plays one day of the company and resolves at its end.
 * @throws what stopped it, the reason of `requested` included
 */
export async function playDay(
  company: Company,
  channel: Client,
  options: Options,
  requested: AbortSignal,
): Promise<PlayedDay> {
  const lengthMs = options.minutes * 60_000;
  const random = new Random(options.seed);
  const clock = dayClock(profile, lengthMs * ARRIVALS_PART);
  const arrivals = scheduleArrivals(profile, options.contacts, clock, random.fork('arrivals'));
  const stage = new Stage(Math.min(options.minutes / PLAIN_MINUTES, 1), requested);
  const seatOf = (me: Person): Seat => ({
    me,
    company,
    stage,
    random: random.fork(me.email),
    isLate: () => stage.elapsedMs > lengthMs * LATE_PART,
  });
  const contacts = new Contacts(channel, company.channelId, random.fork('contacts'), stage);
  const progress = new Progress(process.stdout, () => clock.timeAt(stage.elapsedMs), contacts.conversations);
  const streams = new AbortController();
  const onBreak = random.fork('lunch').pick(company.salespeople);
  try {
    const follow = (who: Person, listener: (event: LiveEvent) => void) =>
      followEvents(who.client, listener, streams.signal);
    await follow(company.administrator, (event) => {
      contacts.notice(event);
      progress.notice(event);
    });
    const secretary = new Secretary(seatOf(company.secretary));
    await follow(company.secretary, (event) => secretary.notice(event));
    for (const person of company.salespeople) {
      const salesperson = new Salesperson(seatOf(person));
      await follow(person, (event) => salesperson.notice(event));
    }
    contacts.begin(arrivals);
    stage.begin(() => takeBreak(company, onBreak, stage, clock.at(LUNCH.from), clock.at(LUNCH.to)));
    await stage.until(lengthMs).catch(() => {});
  } finally {
    try {
      await stage.end();
    } finally {
      streams.abort();
      progress.end();
    }
  }
  return { conversations: contacts.conversations, onBreak };
}
