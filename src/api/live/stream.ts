import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MikroORM } from '@mikro-orm/postgresql';
import { Refusal } from '../../domain/errors.ts';
import { dbOf } from '../../database/db.ts';
import { unavailableWhenAway } from '../../database/failures.ts';
import type { Log } from '../../database/repeatedly.ts';
import type { Person } from '../../database/repositories/principals.ts';
import { Connection } from './connection.ts';
import { findStart, parseCursor } from './cursor.ts';
import type { Feed } from './feed.ts';
import { createPersonLoader } from './people.ts';
import type { PresenceNotes } from './presence.ts';
import { type PresentConversations, Reader } from './reader.ts';
import { readSightChanges } from './sight.ts';

export interface LiveOptions {
  readonly orm: MikroORM;
  /** Started here; stopped by whoever created it. */
  readonly feed: Feed;
  readonly present: PresentConversations;
  readonly log: Log;
  /** Where it is noted who reads (R35); stopped by whoever created it, after `close`. */
  readonly presence: PresenceNotes;
  readonly heartbeatMs?: number;
  readonly stallMs?: number;
}

/** The live streams of this process. */
export interface Live {
  /**
   * Streams what the person may see as server-sent events, from the request's `Last-Event-ID` (or `?lastEventId=`) or
   * from now on; resolves when the stream has ended. `sessionCheck` answers whether the credential still holds: it is
   * asked when the person's rights change, and with each heartbeat.
   * @throws Refusal, before anything is written: `invalid-request` for an id that is none, `unauthenticated`, `unavailable`.
   */
  serve(
    person: Pick<Person, 'userId'>,
    sessionCheck: () => Promise<boolean>,
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<void>;
  /** Ends every stream and refuses new ones; their readers resume elsewhere. */
  close(): Promise<void>;
}

/** Serves live streams from the feed. Keeps no subscription that another process would have to share. */
export function createLive({
  orm,
  feed,
  present,
  log,
  presence,
  heartbeatMs = 15_000,
  stallMs = 30_000,
}: LiveOptions): Live {
  const loadPerson = createPersonLoader(orm);
  const open = new Map<Connection, Promise<void>>();
  let closed = false;
  feed.start();

  return {
    async serve({ userId }, sessionCheck, req, res) {
      const cursor = parseCursor(cursorText(req));
      const start = await findStart(orm, userId, cursor).catch((error: unknown) => {
        throw unavailableWhenAway(error);
      });
      if (closed) throw new Refusal('unavailable', 'The service is about to stop.', { part: 'api' });
      if (res.destroyed) return;

      const reader = new Reader({
        now: start.now,
        then: start.then,
        present,
        sightChanges: (position, before, after) => readSightChanges(dbOf(orm.em.fork()), position, before, after),
      });
      res.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-cache, no-transform',
        'X-Accel-Buffering': 'no',
      });
      req.socket.setNoDelay(true);
      const connection = new Connection(
        { feed, loadPerson, sessionCheck, log, heartbeatMs, stallMs },
        reader,
        start,
        res,
      );
      const leave = presence.enter(userId);
      const running = connection.run(start.reset).finally(() => {
        open.delete(connection);
        leave();
      });
      open.set(connection, running);
      await running;
    },

    async close() {
      closed = true;
      for (const connection of open.keys()) connection.leave();
      await Promise.all(open.values());
    },
  };
}

const cursorText = (req: IncomingMessage): string | null => {
  const header = req.headers['last-event-id'];
  return (
    (Array.isArray(header) ? header[0] : header) ??
    new URL(req.url ?? '/', 'http://unused').searchParams.get('lastEventId')
  );
};
