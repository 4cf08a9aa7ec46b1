/** Repeats work with a pause after each end, until stopped; an error is reported and does not stop it. */
export class Repeating {
  readonly #pauseMs: number;
  readonly #work: () => Promise<unknown>;
  readonly #report: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #current: Promise<void> | undefined;
  #stopped = false;

  constructor(pauseMs: number, work: () => Promise<unknown>, report: (error: unknown) => void) {
    this.#pauseMs = pauseMs;
    this.#work = work;
    this.#report = report;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#current = this.#once();
    }, this.#pauseMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#current;
  }

  async #once(): Promise<void> {
    try {
      await this.#work();
    } catch (error) {
      this.#report(error);
    }
    if (!this.#stopped) this.start();
  }
}
