import type { Stage } from './stage.ts';

/** The offers and open conversations that somebody looks at just now: what the screen takes away ends the look. */
export class Screen {
  readonly #stage: Stage;
  readonly #looks = new Map<string, AbortController>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Begins to look at a conversation; `gone` is aborted when it is taken away, or something newer is shown of it. */
  look(conversation: string, story: (gone: AbortSignal) => Promise<void>): void {
    this.turnAway(conversation);
    const gone = new AbortController();
    this.#looks.set(conversation, gone);
    this.#stage.begin(async () => {
      try {
        await story(gone.signal);
      } catch (error) {
        if (!gone.signal.aborted) throw error;
      } finally {
        if (this.#looks.get(conversation) === gone) this.#looks.delete(conversation);
      }
    });
  }

  /** The conversation is no longer shown as it was. */
  turnAway(conversation: string): void {
    this.#looks.get(conversation)?.abort();
  }
}
