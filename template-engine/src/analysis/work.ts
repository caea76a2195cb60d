/** Bounds what one analysis costs. */
export class Work {
  private left: number;

  /** @param units nodes looked at, and steps taken between them */
  constructor(units: number) {
    this.left = units;
  }

  /** @returns whether there is work left to spend */
  charge(units: number): boolean {
    this.left -= units;
    return this.left > 0;
  }

  get isSpent(): boolean {
    return this.left <= 0;
  }
}
