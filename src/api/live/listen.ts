import { Client } from 'pg';
import { eventsChannel } from '../../database/sequencer.ts';

const reconnectAfterMs = 1_000;

/**
 * Calls `hint` whenever there may be new events: at each of the sequencer's notifications and after each (re)connect.
 * Hints may be lost while the connection is away; nothing is logged, because whoever needs events looks by itself too.
 */
export function listenForEvents(databaseUrl: string, hint: () => void): { start(): void; stop(): Promise<void> } {
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;

  const lost = (which: Client): void => {
    if (client !== which) return;
    client = undefined;
    if (!stopped) retry = setTimeout(connect, reconnectAfterMs);
    which.end().catch(() => {});
  };

  const connect = (): void => {
    const fresh = new Client({
      connectionString: databaseUrl,
      application_name: 'rodizio-live',
      keepAlive: true,
      connectionTimeoutMillis: 3_000,
    });
    client = fresh;
    fresh.on('error', () => lost(fresh));
    fresh.on('end', () => lost(fresh));
    fresh.on('notification', hint);
    fresh
      .connect()
      .then(() => fresh.query(`listen ${eventsChannel}`))
      .then(hint, () => lost(fresh));
  };

  return {
    start() {
      if (!stopped && !client && !retry) connect();
    },
    async stop() {
      stopped = true;
      clearTimeout(retry);
      const last = client;
      client = undefined;
      await last?.end().catch(() => {});
    },
  };
}
