/**
 * How many steps (a diagonal visited, or a line compared) may be taken for one pair of texts. Texts with
 * some 2,000 lines to take out and put in stay below it.
 */
const SEARCH_STEPS = 2_000_000;

const UNREACHED = -1;

/** Shared by the searches of one pair of texts. */
interface Steps {
  left: number;
}

/** The part of both texts between two matches. */
interface Box {
  readonly from: number;
  readonly fromEnd: number;
  readonly to: number;
  readonly toEnd: number;
}

interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * Marks what has to be taken out of `from` and put in from `to`, one byte a line. As few lines as possible
 * within SEARCH_STEPS: what is then still open is marked as a whole, which is correct but not the least.
 * Equal lines have equal numbers.
 *
 * This is the linear-space refinement in E. Myers, "An O(ND) Difference Algorithm and Its Variations"
 * (1986). Of several least answers it gives the one of GNU diff, which the order of the search decides.
 */
export function shortestEdit(from: Int32Array, to: Int32Array): { removed: Uint8Array; added: Uint8Array } {
  const removed = new Uint8Array(from.length);
  const added = new Uint8Array(to.length);
  const steps: Steps = { left: SEARCH_STEPS };
  const forward = new Front(from, to, 'highest diagonal first', steps);
  const backward = new Front(from.toReversed(), to.toReversed(), 'lowest diagonal first', steps);

  /** Where a shortest path through the box is half done. */
  const meetingPlace = (box: Box): Place | undefined => {
    const width = box.fromEnd - box.from;
    const height = box.toEnd - box.to;
    forward.enter(box.from, box.to, width, height);
    backward.enter(from.length - box.fromEnd, to.length - box.toEnd, width, height);
    while (steps.left > 0) {
      const ahead = forward.grow(backward);
      if (ahead !== undefined) return { from: box.from + ahead.from, to: box.to + ahead.to };
      const behind = backward.grow(forward);
      if (behind !== undefined) return { from: box.fromEnd - behind.from, to: box.toEnd - behind.to };
    }
    return undefined;
  };

  const open: Box[] = [{ from: 0, fromEnd: from.length, to: 0, toEnd: to.length }];
  for (let box = open.pop(); box !== undefined; box = open.pop()) {
    const core = withoutEqualEnds(box, from, to);
    const middle = core.from < core.fromEnd && core.to < core.toEnd ? meetingPlace(core) : undefined;
    if (middle === undefined) {
      removed.fill(1, core.from, core.fromEnd);
      added.fill(1, core.to, core.toEnd);
    } else {
      open.push({ ...core, ...middle }, { ...core, fromEnd: middle.from, toEnd: middle.to });
    }
  }
  return { removed, added };
}

function withoutEqualEnds(box: Box, from: Int32Array, to: Int32Array): Box {
  let [x, xEnd, y, yEnd] = [box.from, box.fromEnd, box.to, box.toEnd];
  while (x < xEnd && y < yEnd && from[x] === to[y]) {
    x += 1;
    y += 1;
  }
  while (x < xEnd && y < yEnd && from[xEnd - 1] === to[yEnd - 1]) {
    xEnd -= 1;
    yEnd -= 1;
  }
  return { from: x, fromEnd: xEnd, to: y, toEnd: yEnd };
}

/**
 * The paths that grow from one corner of a box, one edit longer at a time. Places and diagonals (place in
 * `from` minus place in `to`) count from that corner, so the paths from the end are paths from the start
 * in the reversed texts.
 */
class Front {
  readonly #from: Int32Array;
  readonly #to: Int32Array;
  readonly #descending: boolean;
  readonly #steps: Steps;
  /** By diagonal, from #zero on: how far in `from` the furthest path came. */
  readonly #reach: Int32Array;
  readonly #zero: number;
  #fromStart = 0;
  #toStart = 0;
  #width = 0;
  #height = 0;
  #lowest = 0;
  #highest = 0;

  constructor(
    from: Int32Array,
    to: Int32Array,
    order: 'highest diagonal first' | 'lowest diagonal first',
    steps: Steps,
  ) {
    this.#from = from;
    this.#to = to;
    this.#descending = order === 'highest diagonal first';
    this.#steps = steps;
    this.#reach = new Int32Array(from.length + to.length + 3);
    this.#zero = to.length + 1;
  }

  /** Starts in the corner of a box, whose first lines differ. */
  enter(fromStart: number, toStart: number, width: number, height: number): void {
    this.#fromStart = fromStart;
    this.#toStart = toStart;
    this.#width = width;
    this.#height = height;
    this.#lowest = 0;
    this.#highest = 0;
    this.#reach[this.#zero] = 0;
  }

  /**
   * Makes every path one edit longer, up to the first that meets a path of the other front: answers where,
   * or undefined if none does or the steps are spent.
   */
  grow(other: Front): Place | undefined {
    this.#widen();
    const [from, fromStart, width] = [this.#from, this.#fromStart, this.#width];
    const [to, toStart, height] = [this.#to, this.#toStart, this.#height];
    const [reach, zero, lowest, highest] = [this.#reach, this.#zero, this.#lowest, this.#highest];
    const opposite = width - height;
    const mayMeet = ((highest + other.#highest + opposite) & 1) === 0;
    const count = (highest - lowest) / 2 + 1;
    const step = this.#descending ? -2 : 2;
    let diagonal = this.#descending ? highest : lowest;
    let left = this.#steps.left;
    let met: Place | undefined;
    for (let n = 0; n < count && left > 0 && met === undefined; n += 1, diagonal += step) {
      const below = reach[zero + diagonal - 1] as number;
      const above = reach[zero + diagonal + 1] as number;
      const start = below < above ? above : below + 1;
      let x = start;
      let y = x - diagonal;
      while (x < width && y < height && from[fromStart + x] === to[toStart + y]) {
        x += 1;
        y += 1;
      }
      left -= x - start + 1;
      reach[zero + diagonal] = x;
      if (mayMeet && x + other.#reachOn(opposite - diagonal) >= width) met = { from: x, to: y };
    }
    this.#steps.left = left;
    return met;
  }

  /** A path may go one diagonal further to both sides; at the edge of the box only paths from within go on. */
  #widen(): void {
    const [reach, zero] = [this.#reach, this.#zero];
    if (this.#lowest > -this.#height) {
      this.#lowest -= 1;
      reach[zero + this.#lowest - 1] = UNREACHED;
    } else {
      this.#lowest += 1;
    }
    if (this.#highest < this.#width) {
      this.#highest += 1;
      reach[zero + this.#highest + 1] = UNREACHED;
    } else {
      this.#highest -= 1;
    }
  }

  #reachOn(diagonal: number): number {
    const reached = diagonal >= this.#lowest && diagonal <= this.#highest;
    return reached ? (this.#reach[this.#zero + diagonal] as number) : Number.NEGATIVE_INFINITY;
  }
}
