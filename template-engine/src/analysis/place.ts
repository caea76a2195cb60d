import { MAX_PATH_LENGTH } from './template-variable.js';

/** How a value is used, as bits. */
export const Use = { printed: 1, tested: 2, ranged: 4, compared: 8, passed: 16 } as const;

/** Places of one template, those on the way to others included. */
const MAX_PLACES = 4_000;
/** Steps from the data to a place. */
const MAX_DEPTH = 32;

const IDENTIFIER = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;

/** A path in the data. As the value of an expression: what stands there, and nothing else. */
export class Place {
  readonly parent: Place | undefined;
  /** Empty for the data as a whole. */
  readonly path: string;
  /** Number of steps from the data. */
  readonly depth: number;
  /** Stands for any element of its parent. */
  readonly isElement: boolean;
  readonly fields = new Map<string, Place>();
  element: Place | undefined;
  uses = 0;
  /** Absent, it makes every rendering fail that has its nearest element. */
  isRequired = false;

  constructor(parent: Place | undefined, path: string, isElement: boolean) {
    this.parent = parent;
    this.path = path;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.isElement = isElement;
  }

  isWithin(ancestor: Place | undefined): boolean {
    let place: Place | undefined = this;
    while (place !== undefined && place !== ancestor) place = place.parent;
    return place !== undefined;
  }
}

/** All places that a template reads, in the order in which they were found. */
export class Places {
  readonly data = new Place(undefined, '', false);
  readonly all: Place[] = [this.data];

  /** @returns undefined for one that lies beyond the limits */
  field(parent: Place, name: string): Place | undefined {
    const known = parent.fields.get(name);
    if (known !== undefined) return known;
    const place = this.add(parent, parent.path + segment(name, parent.path === ''), false);
    if (place !== undefined) parent.fields.set(name, place);
    return place;
  }

  /** @returns undefined for one that lies beyond the limits */
  element(parent: Place): Place | undefined {
    parent.element ??= this.add(parent, `${parent.path}[]`, true);
    return parent.element;
  }

  private add(parent: Place, path: string, isElement: boolean): Place | undefined {
    if (this.all.length >= MAX_PLACES || parent.depth >= MAX_DEPTH || path.length > MAX_PATH_LENGTH) {
      return undefined;
    }
    const place = new Place(parent, path, isElement);
    this.all.push(place);
    return place;
  }
}

function segment(name: string, isFirst: boolean): string {
  if (name.length > MAX_PATH_LENGTH) return name;
  if (!IDENTIFIER.test(name)) return `[${JSON.stringify(name)}]`;
  return isFirst ? name : `.${name}`;
}
