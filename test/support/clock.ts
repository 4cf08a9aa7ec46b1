import type { Clock } from '../../src/database/clock.ts';

/** Database time, moved by an offset: how a test comes to stand just before an opening. */
export class ShiftedClock implements Clock {
  offsetMs = 0;

  at(databaseTime: Date): Date {
    return new Date(databaseTime.getTime() + this.offsetMs);
  }

  /** Makes it `at` now. */
  set(at: Date): void {
    this.offsetMs = at.getTime() - Date.now();
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.offsetMs += ms;
  }
}

/** Stands still until the test lets time pass: what happens at one moment happens at the same millisecond. */
export class StoppedClock extends ShiftedClock {
  readonly #stopped = Date.now();

  override at(): Date {
    return new Date(this.#stopped + this.offsetMs);
  }
}
