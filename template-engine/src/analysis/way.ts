import type { Place } from './place.js';

/**
 * What is read for certain on the way through a part of the template: the places without which no
 * rendering gets through it.
 */
export class Way {
  private needs = new Set<Place>();
  /** A `break` or `continue` may have left the loop's body: what comes now is not certain any more. */
  private isLeft = false;
  private breaks = false;

  need(place: Place): void {
    if (!this.isLeft) this.needs.add(place);
  }

  get certain(): ReadonlySet<Place> {
    return this.needs;
  }

  leave(kind: 'break' | 'continue'): void {
    this.isLeft = true;
    if (kind === 'break') this.breaks = true;
  }

  /** @returns what `run` needs, which does not count here */
  aside(run: () => void): ReadonlySet<Place> {
    const { needs, isLeft } = this;
    this.needs = new Set();
    run();
    const aside = this.needs;
    this.needs = needs;
    this.isLeft ||= isLeft;
    return aside;
  }

  /** Goes one of two ways: what both need is needed. */
  either(run: () => void, orElse: () => void): void {
    const { isLeft } = this;
    const first = this.aside(run);
    const left = this.isLeft;
    this.isLeft = isLeft;
    const second = this.aside(orElse);
    this.needAll(first, (place) => second.has(place), isLeft);
    this.isLeft ||= left;
  }

  /**
   * Goes through the body of a loop any number of times, or else once another way.
   *
   * @param element what is looped over, if each of its elements gets a turn
   */
  loop(element: Place | undefined, body: () => void, orElse: () => void): void {
    const { isLeft, breaks } = this;
    this.isLeft = false;
    this.breaks = false;
    const inTurn = this.aside(body);
    const reachesAll = !this.breaks;
    this.isLeft = isLeft;
    this.breaks = breaks;
    const otherwise = this.aside(orElse);
    this.needAll(
      inTurn,
      (place) => otherwise.has(place) || (reachesAll && element !== undefined && place.isWithin(element)),
      isLeft,
    );
  }

  private needAll(places: Iterable<Place>, isCertain: (place: Place) => boolean, isLeft: boolean): void {
    if (isLeft) return;
    for (const place of places) if (isCertain(place)) this.needs.add(place);
  }
}
