import type { Random } from '../../src/simulator/random.ts';
import type { Heard, Shown, Stream } from '../checker/watched.ts';
import type { Caller } from '../client.ts';
import { pause } from '../pause.ts';
import { shownOf } from './readings.ts';

const AGAIN_MS = 300;

/** Follows the live stream of one person over every break, from where it was cut, as a frontend does. */
export class StreamReader {
  readonly #caller: Caller;
  readonly #random: Random;
  readonly #apis: readonly string[];
  readonly #heard: Heard[] = [];
  readonly #by: string;
  readonly #isSteady: boolean;
  #lastEventId: string | null = null;
  #isNew = false;

  constructor(of: { caller: Caller; by: string; isSteady: boolean; apis: readonly string[]; random: Random }) {
    this.#caller = of.caller;
    this.#by = of.by;
    this.#isSteady = of.isSteady;
    this.#apis = of.apis;
    this.#random = of.random;
  }

  get told(): Stream {
    return { by: this.#by, isSteady: this.#isSteady, heard: this.#heard, upTo: this.position };
  }

  /** The position up to which it knows everything. */
  get position(): number {
    return Number(this.#lastEventId?.split('.')[0] ?? 0);
  }

  /** Reads until stopped; connects again, from the last id, whenever the connection ends. */
  async follow(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      try {
        await this.#connect(stop);
      } catch {
        // The process behind it died, or we stop.
      }
      await pause(AGAIN_MS, stop);
    }
  }

  async #connect(stop: AbortSignal): Promise<void> {
    const lastEventId = this.#lastEventId;
    const response = await fetch(`${this.#random.pick(this.#apis)}/v1/events`, {
      headers: {
        authorization: `Bearer ${this.#caller.token}`,
        ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
      },
      signal: stop,
    });
    // Signed out, or the service is just away: tried again in a moment.
    if (response.status !== 200 || !response.body) return;
    this.#isNew = true;
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const frames = (rest + text).split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) this.#take(frame);
    }
  }

  #take(frame: string): void {
    const fields = new Map(
      frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const id = fields.get('id');
    const data = fields.get('data');
    if (id !== undefined) this.#lastEventId = id;
    // The first thing that a connection tells is where it begins.
    if (id !== undefined && this.#isNew) this.#heard.push({ kind: 'connected', at: Date.now(), from: id });
    this.#isNew = false;
    if (id === undefined || data === undefined) return;
    const { conversation, ...told } = JSON.parse(data) as Record<string, unknown>;
    const shown: Shown | null = conversation === undefined ? null : shownOf(conversation);
    this.#heard.push({
      kind: 'message',
      at: Date.now(),
      id,
      type: fields.get('event') ?? 'message',
      data: told,
      shown,
    });
  }
}

/** Lets every reader read on from where it was until it has got everything, and no longer than `withinMs`. */
export async function catchUp(readers: readonly StreamReader[], position: number, withinMs: number): Promise<void> {
  const stop = AbortSignal.timeout(withinMs);
  await Promise.all(
    readers.map(async (reader) => {
      const done = new AbortController();
      const following = reader.follow(AbortSignal.any([stop, done.signal]));
      while (!stop.aborted && reader.position < position) await pause(50, stop);
      done.abort();
      await following;
    }),
  );
}
