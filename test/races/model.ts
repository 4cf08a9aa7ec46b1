/** Durations of the model's sectors, in milliseconds. */
export const TIMEOUT = 600_000;
export const LIMIT = 1_800_000;

/** A conversation on the whiteboard; people and sectors are numbered. */
export interface Modelled {
  state: 'waiting' | 'offered' | 'open' | 'assigned' | 'closed';
  reason: string | null;
  sector: number;
  /** Whose offer or conversation it is. */
  holder: number | null;
  offers: number;
  until: number;
  began: number | null;
  round: number;
  had: Set<number>;
  declined: Set<number>;
  after: number | null;
  returner: number | null;
}

const fresh = { began: null, round: 1, after: null, returner: null } as const;

/**
 * What should happen, as one would do it on a whiteboard: no database, no locks, no workflows, one moment after the
 * other. It shares nothing with the code that it judges; people are numbered by creation.
 */
export class Model {
  now = 0;
  readonly available = [true, true, true, true];
  readonly sectors = [
    { agents: [0, 1, 2], arrow: 0 },
    { agents: [2, 3], arrow: 2 },
  ];
  readonly conversations: Modelled[] = [];

  /** The rules R1–R11 for one conversation that nobody has. */
  #distribute(c: Modelled): void {
    const sector = this.sectors[c.sector]!;
    const from = (isFirst: (n: number) => boolean) => rotated(sector.agents, isFirst);
    if (c.began !== null && this.now >= c.began + LIMIT) return open(c, 'limit-reached');
    const asked = from((n) => (c.after === null ? n >= sector.arrow : n > c.after)).filter((n) => this.available[n]);
    const able = asked.filter((n) => !c.declined.has(n));
    if (able.length === 0) return open(c, asked.length > 0 ? 'declined-by-all' : 'nobody-available');
    const spared = (n: number) => c.had.has(n) || (c.round === 1 && c.returner === n && able.length > 1);
    if (able.every(spared)) Object.assign(c, { round: c.round + 1, had: new Set() });
    const holder = able.find((n) => !spared(n))!;
    if (c.after === null) [sector.arrow] = from((n) => n > holder) as [number];
    c.began ??= this.now;
    const until = Math.min(this.now + TIMEOUT, c.began + LIMIT);
    Object.assign(c, { state: 'offered', reason: null, holder, until, offers: c.offers + 1 });
  }

  #letGo(c: Modelled, declined: boolean): void {
    c.had.add(c.holder!);
    if (declined) c.declined.add(c.holder!);
    c.after = c.holder;
    this.#distribute(c);
  }

  #begin(c: Modelled, how: Partial<Modelled>): void {
    Object.assign(c, { ...fresh, had: new Set(), declined: new Set(), state: 'waiting', holder: null, ...how });
    this.#distribute(c);
  }

  arrive(): void {
    const c = { offers: 0, sector: 0 } as Modelled;
    this.conversations.push(c);
    this.#begin(c, {});
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const live = this.conversations.filter(({ state, until }) => state === 'offered' && until <= end);
      if (live.length === 0) break;
      const c = live.reduce((one, other) => (other.until < one.until ? other : one));
      this.now = c.until;
      this.#letGo(c, false);
    }
    this.now = end;
  }

  setAvailable(n: number, available: boolean): void {
    this.available[n] = available;
    if (available) return;
    for (const c of this.conversations) if (c.state === 'offered' && c.holder === n) this.#letGo(c, false);
  }

  // What people do: each says whether it is allowed, and does it if so.

  accept(c: Modelled, n: number): boolean {
    const may = c.state === 'offered' ? c.holder === n : c.state === 'open' && this.#isIn(c, n);
    if (may) Object.assign(c, { state: 'assigned', reason: null, holder: n });
    return may;
  }

  decline(c: Modelled, n: number): boolean {
    const may = c.state === 'offered' && c.holder === n;
    if (may) this.#letGo(c, true);
    return may;
  }

  giveBack(c: Modelled, n: number): boolean {
    const may = c.state === 'assigned' && c.holder === n;
    if (may) this.#begin(c, { after: n, returner: n });
    return may;
  }

  transfer(c: Modelled, n: number | 'administrator', sector: number): boolean {
    const may = this.#mayMove(c, n);
    if (may) this.#begin(c, { sector });
    return may;
  }

  close(c: Modelled, n: number | 'administrator'): boolean {
    const may = this.#mayMove(c, n);
    // Whose it was stays known.
    if (may) Object.assign(c, { state: 'closed', reason: null, holder: c.state === 'assigned' ? c.holder : null });
    return may;
  }

  #mayMove(c: Modelled, n: number | 'administrator'): boolean {
    if (n === 'administrator') return c.state !== 'closed';
    return c.state === 'assigned' ? c.holder === n && this.#isIn(c, n) : c.state === 'open' && this.#isIn(c, n);
  }

  #isIn = (c: Modelled, n: number): boolean => this.sectors[c.sector]!.agents.includes(n);
}

function open(c: Modelled, reason: string): void {
  Object.assign(c, { state: 'open', reason, holder: null });
}

function rotated(ordered: readonly number[], isFirst: (n: number) => boolean): number[] {
  const at = Math.max(ordered.findIndex(isFirst), 0);
  return [...ordered.slice(at), ...ordered.slice(0, at)];
}
