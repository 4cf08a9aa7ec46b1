/**
 * The rotation as one would do it on a whiteboard: agents are numbered by creation, the arrow walks one number at a
 * time round the circle. Slow, and shares nothing with the code that it judges.
 */
export class RotationModel {
  readonly size: number;
  arrow = 0;

  constructor(size: number) {
    this.size = size;
  }

  /** R3: the first who can, at or after the arrow; the arrow goes on to the next agent of the sector. */
  first(isAgent: (n: number) => boolean, can: (n: number) => boolean): number | null {
    const chosen = this.walk(this.arrow, can);
    if (chosen !== null) this.arrow = this.walk(chosen + 1, isAgent) ?? chosen;
    return chosen;
  }

  /** R4: the next who can after the one who let it go, that one last of all. */
  next(after: number, can: (n: number) => boolean): number | null {
    return this.walk(after + 1, can);
  }

  private walk(from: number, found: (n: number) => boolean): number | null {
    for (let steps = 0; steps < this.size; steps++) {
      const n = (from + steps) % this.size;
      if (found(n)) return n;
    }
    return null;
  }
}
