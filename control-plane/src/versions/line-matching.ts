import { linesSetAside } from './lines-set-aside.js';
import { slideRuns } from './run-sliding.js';
import { shortestEdit } from './shortest-edit.js';

/** Lines that stand in a row: `start` counts from 0, `end` is the place after the last one. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** Lines of `from` that give way to lines of `to`. One of the two may be empty. */
export interface Change {
  readonly from: LineRange;
  readonly to: LineRange;
}

/**
 * The changes that GNU diff shows between two lists of lines, top to bottom. At least one equal line
 * stands between two changes.
 *
 * `horizon`: how many of the lines that both have at the start, and at the end, are looked at all the
 * same. The changes may slide into them, but not beyond.
 */
export function changesBetween(from: readonly string[], to: readonly string[], horizon: number): Change[] {
  const head = Math.max(0, equalLines(from, to, 0, 1) - horizon);
  const tail = Math.max(0, equalLines(from, to, head, -1) - horizon);
  const numbers = new Map<string, number>();
  const fromNumbers = numbered(from, head, tail, numbers);
  const toNumbers = numbered(to, head, tail, numbers);

  const removed = linesSetAside(fromNumbers, toNumbers);
  const added = linesSetAside(toNumbers, fromNumbers);
  const fromPlaces = unmarked(removed);
  const toPlaces = unmarked(added);
  const edit = shortestEdit(picked(fromNumbers, fromPlaces), picked(toNumbers, toPlaces));
  markToo(removed, fromPlaces, edit.removed);
  markToo(added, toPlaces, edit.added);
  slideRuns(fromNumbers, removed, added);
  slideRuns(toNumbers, added, removed);
  return changesOf(removed, added, head);
}

/** How many lines are equal at the start (`step` 1) or the end (-1), leaving the first `skip` aside. */
function equalLines(from: readonly string[], to: readonly string[], skip: number, step: 1 | -1): number {
  const most = Math.min(from.length, to.length) - skip;
  const [i, j] = step === 1 ? [0, 0] : [from.length - 1, to.length - 1];
  let count = 0;
  while (count < most && from[i + count * step] === to[j + count * step]) count += 1;
  return count;
}

/** The lines between head and tail, each as the number that all lines equal to it have. */
function numbered(
  lines: readonly string[],
  head: number,
  tail: number,
  numbers: Map<string, number>,
): Int32Array {
  const answer = new Int32Array(lines.length - tail - head);
  for (let i = 0; i < answer.length; i += 1) {
    const line = lines[head + i] as string;
    let number = numbers.get(line);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(line, number);
    }
    answer[i] = number;
  }
  return answer;
}

/** The places whose byte is 0. */
function unmarked(marks: Uint8Array): Int32Array {
  const places = new Int32Array(marks.length);
  let count = 0;
  for (let i = 0; i < marks.length; i += 1) {
    if (marks[i] === 0) places[count++] = i;
  }
  return places.subarray(0, count);
}

function picked(lines: Int32Array, places: Int32Array): Int32Array {
  return places.map((place) => lines[place] as number);
}

function markToo(marks: Uint8Array, places: Int32Array, more: Uint8Array): void {
  for (let i = 0; i < places.length; i += 1) {
    if (more[i] === 1) marks[places[i] as number] = 1;
  }
}

function changesOf(removed: Uint8Array, added: Uint8Array, head: number): Change[] {
  const changes: Change[] = [];
  for (let i = 0, j = 0; i < removed.length || j < added.length; i += 1, j += 1) {
    const [fromStart, toStart] = [i, j];
    while (removed[i] === 1) i += 1;
    while (added[j] === 1) j += 1;
    if (i > fromStart || j > toStart) {
      changes.push({
        from: { start: head + fromStart, end: head + i },
        to: { start: head + toStart, end: head + j },
      });
    }
  }
  return changes;
}
