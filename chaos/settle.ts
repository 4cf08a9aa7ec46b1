import { setTimeout as sleep } from 'node:timers/promises';
import { connectTo } from './tables.ts';

/** What still moves, in words; nothing when everything has come to rest. */
const QUESTIONS: Readonly<Record<string, string>> = {
  'wake-ups to be sent': 'select count(*) as n from wake_up',
  'events without a position': 'select count(*) as n from event where position is null',
  'conversations whose next step is due':
    "select count(*) as n from conversation where status = 'active' and (state = 'waiting' and reason is null or due_at < clock_timestamp())",
  'live offers': "select count(*) as n from conversation where status = 'active' and state = 'offered'",
  'conversations that wait for an opening':
    "select count(*) as n from conversation where status = 'active' and state = 'waiting' and reason = 'out-of-hours'",
};

const STILL_MS = 3_000;
/** However slow the machine is, something has to happen within this time as long as something is due. */
const STUCK_MS = 60_000;
const MOST_MS = 300_000;

/**
 * Waits until nothing has moved for three seconds. Patient with a slow machine: it gives up when nothing has happened
 * for a minute although something is due, and after five minutes.
 * @returns what still moves when it gives up
 */
export async function untilAtRest(databaseUrl: string, signal: AbortSignal): Promise<string[]> {
  const client = await connectTo(databaseUrl);
  const end = Date.now() + MOST_MS;
  let since = Date.now();
  let last = '';
  try {
    for (;;) {
      signal.throwIfAborted();
      const moving: string[] = [];
      for (const [what, query] of Object.entries(QUESTIONS)) {
        const { n } = (await client.query(query)).rows[0] as { n: number };
        if (n > 0) moving.push(`${n} ${what}`);
      }
      const { n: events } = (await client.query('select count(*) as n from event')).rows[0] as { n: number };
      const now = `${moving.join()} ${events}`;
      if (now !== last) since = Date.now();
      last = now;
      const unchangedMs = Date.now() - since;
      if (moving.length === 0 && unchangedMs >= STILL_MS) return [];
      if (unchangedMs > STUCK_MS || Date.now() > end)
        return moving.length > 0 ? moving : ['events go on being written'];
      await sleep(500);
    }
  } finally {
    await client.end();
  }
}
