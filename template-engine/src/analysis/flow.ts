import { type Place, type Places, Use } from './place.js';
import type { Work } from './work.js';

/** What an expression may yield: exactly the value of one place, or whatever an origin says. */
export type Value = Place | Origin;

/** Work that making an origin is. */
const ORIGIN_COST = 5;
/** Places that one value may be. */
const MAX_CHOICES = 32;

/** A value that may be one of several places, or text made of others, or nothing of the data at all. */
export class Origin {
  /** The value itself, if it is a string of the template. */
  readonly constant: string | undefined;
  /** Values that this one may be. */
  readonly sources = new Set<Value>();
  /** Values that stand in this one, which is text: printed if it is. */
  readonly ingredients: readonly Value[];
  readonly fields = new Map<string, Origin>();
  element: Origin | undefined;
  uses = 0;
  /** The places behind the sources. Known once the flow is solved. */
  readonly places = new Set<Place>();
  readonly followers: Origin[] = [];

  constructor(constant?: string, ingredients: readonly Value[] = []) {
    this.constant = constant;
    this.ingredients = ingredients;
  }
}

/** A value that has nothing to do with the data. */
export const NOTHING = new Origin();

/** @returns a string that the template holds */
export function constant(text: string): Value {
  return new Origin(text);
}

export function use(value: Value, uses: number): void {
  if (value !== NOTHING) value.uses |= uses;
}

/**
 * How values reach each other. Origins are made while the template is walked; which places are behind them
 * is worked out afterwards, as loops let values flow back to where they were read already.
 */
export class Flow {
  private readonly places: Places;
  private readonly work: Work;
  private readonly origins: Origin[] = [];

  constructor(places: Places, work: Work) {
    this.places = places;
    this.work = work;
  }

  /** @returns what may be any of the values; the value itself where all are one */
  join(values: Iterable<Value>): Value {
    const distinct = new Set(values);
    const [first] = distinct;
    return distinct.size === 1 && first !== undefined ? first : this.either(distinct);
  }

  /** @returns an origin, even if it has one source only: it may also be something else */
  either(values: Iterable<Value>): Origin {
    const origin = this.add(new Origin());
    for (const value of values) this.link(origin, value);
    return origin;
  }

  link(origin: Origin, source: Value): void {
    if (source === NOTHING || source === origin) return;
    this.work.charge(1);
    origin.sources.add(source);
  }

  text(ingredients: readonly Value[]): Origin {
    return this.add(new Origin(undefined, ingredients));
  }

  field(value: Origin, name: string): Origin {
    if (value === NOTHING || value.constant !== undefined) return NOTHING;
    const field = value.fields.get(name) ?? this.add(new Origin());
    value.fields.set(name, field);
    return field;
  }

  element(value: Origin): Origin {
    if (value === NOTHING || value.constant !== undefined) return NOTHING;
    value.element ??= this.add(new Origin());
    return value.element;
  }

  /** Tells the places behind all origins how they are used. */
  solve(): void {
    this.findPlaces();
    this.tellPrinted();
    for (const { places, uses } of this.origins) {
      for (const place of places) place.uses |= uses;
    }
  }

  private findPlaces(): void {
    const found: (readonly [Origin, Place])[] = [];
    for (const origin of this.origins) {
      for (const source of origin.sources) {
        if (source instanceof Origin) source.followers.push(origin);
        else found.push([origin, source]);
      }
    }
    // The list grows while it is gone through.
    for (const [origin, place] of found) {
      if (!this.work.charge(1)) return;
      if (origin.places.has(place) || origin.places.size >= MAX_CHOICES) continue;
      origin.places.add(place);
      for (const follower of origin.followers) found.push([follower, place]);
      for (const [name, field] of origin.fields) {
        const inner = this.places.field(place, name);
        if (inner !== undefined) found.push([field, inner]);
      }
      const element = origin.element && this.places.element(place);
      if (origin.element !== undefined && element !== undefined) found.push([origin.element, element]);
    }
  }

  /** What is printed prints what it may be, and what it is made of. */
  private tellPrinted(): void {
    const printed = this.origins.filter(({ uses }) => (uses & Use.printed) !== 0);
    for (const origin of printed) {
      if (!this.work.charge(1)) return;
      for (const value of [...origin.sources, ...origin.ingredients]) {
        if (value === NOTHING || (value.uses & Use.printed) !== 0) continue;
        value.uses |= Use.printed;
        if (value instanceof Origin) printed.push(value);
      }
    }
  }

  private add(origin: Origin): Origin {
    this.work.charge(ORIGIN_COST);
    this.origins.push(origin);
    return origin;
  }
}
