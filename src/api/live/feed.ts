import type { MikroORM } from '@mikro-orm/postgresql';
import type { RightsChange } from '../../domain/access/rightsChange.ts';
import { dbOf } from '../../database/db.ts';
import { type Log, repeatedly } from '../../database/repeatedly.ts';
import { listenForEvents } from './listen.ts';
import { readEvents, readNewestPosition, readRightsChanges, type StoredEvent } from './log.ts';

/** Events that came one after the other, whole groups only; none where the feed begins: what was before is in the table. */
export interface Batch {
  /** The position before the first. */
  readonly after: number;
  /** The position of the last. */
  readonly to: number;
  readonly events: readonly StoredEvent[];
  /**
   * Every change of rights that was committed when the batch was read and stands in it or beyond it: an event may get
   * its place before a change of rights that was committed earlier.
   */
  readonly rights: readonly RightsChange[];
}

/** The events as they come, read once for all streams of this process, and not at all while there is none. */
export interface Feed {
  /** Begins to follow; calling it again changes nothing. */
  start(): void;
  stop(): Promise<void>;
  /** The position handed out last; -1 while it does not know, because nobody listens. */
  readonly position: number;
  /** Hands every batch after `position`, in order, without gap; the listener must not throw. @returns how to leave */
  subscribe(listener: (batch: Batch) => void): () => void;
  /** The next events after a position, straight from the table: for whoever has not caught up. Empty at the newest. */
  readFrom(position: number, limit: number): Promise<StoredEvent[]>;
  newestPosition(): Promise<number>;
}

export interface FeedOptions {
  readonly orm: MikroORM;
  /** For the connection that listens to the sequencer's hints. */
  readonly databaseUrl: string;
  readonly log: Log;
  readonly batchSize?: number;
  /** How often it looks without a hint. */
  readonly everyMs?: number;
}

/** Creates the feed of an API process; it begins with `start`. Survives a database that goes away and comes back. */
export function createFeed({ orm, databaseUrl, log, batchSize = 500, everyMs = 1_000 }: FeedOptions): Feed {
  const db = () => dbOf(orm.em.fork());
  const listeners = new Set<(batch: Batch) => void>();
  let position = -1;

  const readNext = async (): Promise<boolean> => {
    const events = await readEvents(db(), position, batchSize);
    const last = events.at(-1);
    if (!last) return false;
    // After the events: whatever change of rights came before one of them is seen here.
    const beyond = await readRightsChanges(db(), last.position);
    tell({ after: position, to: last.position, events, rights: [...changesIn(events), ...beyond] });
    return true;
  };
  const tell = (batch: Batch): void => {
    position = batch.to;
    for (const listener of listeners) listener(batch);
  };

  const reading = repeatedly(
    async () => {
      if (listeners.size === 0) {
        position = -1;
        return;
      }
      if (position < 0) {
        const newest = await readNewestPosition(db());
        tell({ after: newest, to: newest, events: [], rights: [] });
      }
      while (await readNext());
    },
    { what: 'live feed', everyMs, log },
  );
  const listening = listenForEvents(databaseUrl, reading.nudge);

  return {
    start() {
      reading.start();
      listening.start();
    },
    async stop() {
      await listening.stop();
      await reading.stop();
    },
    get position() {
      return position;
    },
    subscribe(listener) {
      listeners.add(listener);
      if (position < 0) reading.nudge();
      return () => listeners.delete(listener);
    },
    readFrom: (after, limit) => readEvents(db(), after, limit),
    newestPosition: () => readNewestPosition(db()),
  };
}

const changesIn = (events: readonly StoredEvent[]): RightsChange[] =>
  events.filter(({ type }) => type === 'rights.changed').map(({ data }) => data['change'] as RightsChange);
