/** What the platform answered over the whole run. */
export class Tally {
  readonly #conflicts = new Map<string, number>();
  readonly #unexpected = new Map<string, number>();
  requests = 0;
  /** Connections that broke or requests told to wait (429), and were sent again. */
  repeated = 0;

  /** A command that came too late, as happens to people: 409 with its code. */
  conflict(code: string): void {
    count(this.#conflicts, code);
  }

  /** What should not have happened; the run ends with exit code 1. */
  unexpected(what: string): void {
    count(this.#unexpected, what);
  }

  get conflicts(): ReadonlyMap<string, number> {
    return this.#conflicts;
  }

  get surprises(): ReadonlyMap<string, number> {
    return this.#unexpected;
  }
}

const count = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
