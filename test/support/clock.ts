import type { Clock } from '../../src/database/unit.ts';

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
