import type { LiveEvent } from './eventStream.ts';
import { textOf } from './seat.ts';

const EVERY_TTY_MS = 250;
const EVERY_LINE_MS = 10_000;

const stateAfter: Readonly<Record<string, string>> = {
  'conversation.created': 'waiting',
  'conversation.queued': 'waiting',
  'conversation.offered': 'offered',
  'conversation.opened': 'open',
  'conversation.assigned': 'assigned',
  'conversation.returned': 'waiting',
  'conversation.closed': 'closed',
};

/** How the day goes, from the administrator's live stream: one line that is rewritten, or one every few seconds. */
export class Progress {
  readonly #states = new Map<string, string>();
  readonly #stream: NodeJS.WriteStream;
  readonly #clock: () => string;
  readonly #conversations: ReadonlySet<string>;
  readonly #timer: NodeJS.Timeout;

  /** Shows the conversations of this run; others may go on beside it. */
  constructor(stream: NodeJS.WriteStream, clock: () => string, conversations: ReadonlySet<string>) {
    this.#stream = stream;
    this.#clock = clock;
    this.#conversations = conversations;
    this.#timer = setInterval(() => this.#show(), stream.isTTY ? EVERY_TTY_MS : EVERY_LINE_MS);
  }

  notice(event: LiveEvent): void {
    const state = stateAfter[event.type];
    if (state) this.#states.set(textOf(event, 'conversationId'), state);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#show();
    if (this.#stream.isTTY) this.#stream.write('\n');
  }

  #show(): void {
    const states = [...this.#conversations].map((id) => this.#states.get(id));
    const count = (state: string): number => states.filter((one) => one === state).length;
    const parts = ['assigned', 'offered', 'waiting', 'open', 'closed'].map((state) => `${count(state)} ${state}`);
    const line = `${this.#clock()}  ${states.length} conversations: ${parts.join(', ')}`;
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[2K${line}` : `${line}\n`);
  }
}
