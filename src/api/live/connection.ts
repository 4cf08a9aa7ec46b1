import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { concerns } from '../../domain/access/rightsChange.ts';
import type { UserId } from '../../domain/ids.ts';
import { isAway } from '../../database/failures.ts';
import type { Log } from '../../database/repeatedly.ts';
import type { Person } from '../../database/repositories/principals.ts';
import type { Start } from './cursor.ts';
import type { Batch, Feed } from './feed.ts';
import { groupsOf, type StoredEvent } from './log.ts';
import type { Reader, StreamMessage } from './reader.ts';

export interface ConnectionDeps {
  readonly feed: Feed;
  readonly loadPerson: (id: UserId) => Promise<Person | null>;
  /** Whether the reader's credential still holds. */
  readonly sessionCheck: () => Promise<boolean>;
  readonly log: Log;
  readonly heartbeatMs: number;
  /** A reader who takes nothing for so long is disconnected; meanwhile no more than one group waits in memory. */
  readonly stallMs: number;
}

/** Live batches kept for a reader who is busy; with more, the reader goes on from the table. */
const mostWaiting = 50;
const readAtOnce = 500;

/**
 * One stream, from its start to its end. It pulls: batches of the feed while they join on to what the reader has got,
 * the table otherwise. So nothing is left out and nothing comes twice, however slow the reader is.
 */
export class Connection {
  readonly #deps: ConnectionDeps;
  readonly #reader: Reader;
  readonly #res: ServerResponse;
  readonly #ended = new AbortController();
  readonly #waiting: Batch[] = [];
  #position: number;
  #resume: Start['resume'];
  /** The id that a reader resumes with who is cut off now. */
  #lastId: string;
  #outdated = false;
  #wake: () => void = () => {};

  constructor(deps: ConnectionDeps, reader: Reader, start: Start, res: ServerResponse) {
    this.#deps = deps;
    this.#reader = reader;
    this.#res = res;
    this.#position = start.after;
    this.#resume = start.resume;
    this.#lastId = start.resume ? `${start.resume.position}.${start.resume.n}` : `${start.after}`;
    res.on('close', () => this.end());
    res.on('error', () => this.end());
  }

  /** Streams until the reader leaves, loses the right to a stream, or `end` is called. Never rejects. */
  async run(reset: boolean): Promise<void> {
    const { feed, heartbeatMs } = this.#deps;
    const unsubscribe = feed.subscribe((batch) => this.#take(batch));
    const heartbeat = setInterval(() => void this.#beat(), heartbeatMs);
    try {
      // An id without an event: who is cut off before the first event resumes from here.
      await this.#write(`retry: 1000\nid: ${this.#lastId}\n\n`);
      if (reset) await this.#write(format({ id: this.#lastId, type: 'reset', data: { type: 'reset' } }));
      while (!this.#isOver) await this.#step();
    } finally {
      clearInterval(heartbeat);
      unsubscribe();
      this.end();
    }
  }

  /** Ends the stream of a process that is about to stop: its reader resumes elsewhere, not all readers in one moment. */
  leave(): void {
    if (!this.#isOver && !this.#res.writableNeedDrain) {
      this.#res.write(`retry: ${200 + Math.floor(Math.random() * 1_800)}\n\n`);
    }
    this.end();
  }

  end(): void {
    if (this.#isOver) return;
    this.#ended.abort();
    this.#wake();
    this.#res.end();
    // A reader who does not even take the end must not hold up a shutdown.
    setTimeout(() => this.#res.destroy(), 2_000).unref();
  }

  get #isOver(): boolean {
    return this.#ended.signal.aborted;
  }

  #take(batch: Batch): void {
    if (batch.rights.some((change) => concerns(change, this.#reader.now))) this.#outdated = true;
    if (this.#waiting.length >= mostWaiting) this.#waiting.length = 0;
    this.#waiting.push(batch);
    this.#wake();
  }

  async #step(): Promise<void> {
    try {
      for (const group of groupsOf(await this.#next())) {
        if (this.#outdated) await this.#refresh();
        if (this.#isOver) return;
        const resumeAfter = this.#resume?.position === group.position ? this.#resume.n : -1;
        for (const message of await this.#reader.messages(group, resumeAfter)) {
          await this.#write(format(message));
          this.#lastId = message.id;
        }
        this.#position = group.position;
        this.#lastId = `${group.position}`;
      }
    } catch (error) {
      if (isAway(error)) {
        await sleep(1_000, undefined, { signal: this.#ended.signal }).catch(() => {});
        return;
      }
      this.#deps.log.error({ err: error }, 'a live stream failed by a defect; its reader has to resume');
      this.#cut();
    }
  }

  /** The events that come next; waits for some when the reader has got them all. */
  async #next(): Promise<readonly StoredEvent[]> {
    const { feed } = this.#deps;
    const waiting = this.#waiting;
    while (waiting[0] && waiting[0].to <= this.#position) waiting.shift();
    const batch = waiting[0];
    if (batch && batch.after <= this.#position) {
      waiting.shift();
      return batch.events.filter(({ position }) => position > this.#position);
    }
    if (batch || this.#position < feed.position) {
      const events = await feed.readFrom(this.#position, readAtOnce);
      // Read after the events: the rights hold whatever was changed before one of them.
      this.#outdated = true;
      if (events.length > 0) return events;
    }
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#isOver) resolve();
    });
    return [];
  }

  /** Brings the reader's rights up to now, or ends the stream of someone who has no right to one any more. */
  async #refresh(): Promise<void> {
    this.#outdated = false;
    try {
      const person = await this.#deps.loadPerson(this.#reader.now.userId);
      if (!person?.active || !(await this.#deps.sessionCheck())) this.end();
      else this.#reader.update(person);
    } catch (error) {
      this.#outdated = true;
      throw error;
    }
  }

  async #beat(): Promise<void> {
    if (!this.#res.writableNeedDrain && !this.#isOver) this.#res.write(`: here\nid: ${this.#lastId}\n\n`);
    try {
      if (!(await this.#deps.sessionCheck())) this.end();
    } catch (error) {
      if (!isAway(error)) this.#deps.log.error({ err: error }, 'the session of a live stream could not be checked');
    }
  }

  async #write(text: string): Promise<void> {
    if (this.#isOver || this.#res.write(text)) return;
    const { signal } = this.#ended;
    const stalled = AbortSignal.timeout(this.#deps.stallMs);
    await once(this.#res, 'drain', { signal: AbortSignal.any([signal, stalled]) }).catch(() => {
      if (!this.#isOver) this.#cut();
    });
  }

  /** Without the orderly end of a response: the reader notices and resumes. */
  #cut(): void {
    this.#ended.abort();
    this.#wake();
    this.#res.destroy();
  }
}

const format = ({ id, type, data }: StreamMessage): string =>
  `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
