/**
 * Random numbers that a seed repeats: sfc32, a small generator of Chris Doty-Humphrey's PractRand.
 * Each stream of a seed stands for itself, so that one case can be made again without those before it.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, stream: number) {
    this.a = seed | 0;
    this.b = stream | 0;
    this.c = (seed / 2 ** 32) | 0;
    // The author's advice: the first twelve numbers mix the seed.
    for (let i = 0; i < 12; i++) this.next();
  }

  /** @returns an integer from 0 to 2³² - 1 */
  next(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** @returns an integer from 0 to `end` - 1 */
  below(end: number): number {
    return Math.floor((this.next() / 2 ** 32) * end);
  }

  /** @returns true so many times in a hundred */
  percent(chance: number): boolean {
    return this.next() < (chance / 100) * 2 ** 32;
  }

  /** @param items at least one */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  /** @param table at least one value, each with its weight */
  weighted<T>(table: readonly (readonly [weight: number, value: T])[]): T {
    let sum = 0;
    for (const [weight] of table) sum += weight;
    let rest = (this.next() / 2 ** 32) * sum;
    for (const [weight, value] of table) {
      if (rest < weight) return value;
      rest -= weight;
    }
    return this.pick(table)[1];
  }

  /** @returns `least` to `most` results of `make` */
  several<T>(least: number, most: number, make: () => T): T[] {
    const results: T[] = [];
    for (let left = least + this.below(most - least + 1); left > 0; left--) results.push(make());
    return results;
  }
}
