const ORDINARY = 0;
/** In the other text, but so often that a match among changed lines says little. */
const FREQUENT = 1;
/** Nowhere in the other text. */
const LACKING = 2;

/**
 * The lines that GNU diff leaves out before it matches the rest: those that `others` lacks, and frequent
 * ones (blank lines, mostly) that stand well inside a stretch of lacking ones. Every number here was
 * measured on GNU diff 3.8, with texts around it.
 *
 * Equal lines have equal numbers, and no number is above the count of all lines. Answers one byte a line.
 */
export function linesSetAside(lines: Int32Array, others: Int32Array): Uint8Array {
  const kinds = kindsOf(lines, others);
  const setAside = new Uint8Array(lines.length);
  for (let start = 0; start < kinds.length; start += 1) {
    if (kinds[start] !== LACKING) continue;
    let last = start;
    for (let i = start; i < kinds.length && kinds[i] !== ORDINARY; i += 1) {
      if (kinds[i] === LACKING) last = i;
    }
    setStretchAside(kinds, setAside, start, last);
    start = last;
  }
  return setAside;
}

function kindsOf(lines: Int32Array, others: Int32Array): Uint8Array {
  const occurrences = new Int32Array(lines.length + others.length);
  for (const line of others) occurrences[line] = (occurrences[line] as number) + 1;
  const most = doubledByFourfold(5, lines.length, 256);
  const kinds = new Uint8Array(lines.length);
  for (let i = 0; i < kinds.length; i += 1) {
    const count = occurrences[lines[i] as number] as number;
    kinds[i] = count === 0 ? LACKING : count > most ? FREQUENT : ORDINARY;
  }
  return kinds;
}

/** A stretch begins and ends with lacking lines, with nothing but lacking and frequent ones between. */
function setStretchAside(kinds: Uint8Array, setAside: Uint8Array, first: number, last: number): void {
  const length = last - first + 1;
  let frequent = 0;
  for (let i = first; i <= last; i += 1) {
    if (kinds[i] === LACKING) setAside[i] = 1;
    else frequent += 1;
  }
  if (frequent === 0 || frequent * 4 > length) return;

  const longest = doubledByFourfold(1, length, 16);
  for (let i = first; i <= last; i += 1) {
    const start = i;
    while (kinds[i] === FREQUENT) i += 1;
    if (i - start <= longest) setAside.fill(1, start, i);
  }
  bringBackNearEnd(kinds, setAside, first, length, 1);
  bringBackNearEnd(kinds, setAside, last, length, -1);
}

/** Frequent lines count again up to three lacking lines in a row, or the first lacking one after eight lines. */
function bringBackNearEnd(
  kinds: Uint8Array,
  setAside: Uint8Array,
  end: number,
  length: number,
  step: 1 | -1,
): void {
  let inRow = 0;
  for (let n = 0; n < length && inRow < 3; n += 1) {
    const i = end + n * step;
    if (kinds[i] === FREQUENT) {
      setAside[i] = 0;
      inRow = 0;
    } else if (n < 8) {
      inRow += 1;
    } else {
      return;
    }
  }
}

/** `value`, doubled when `size` reaches `first`, and again at every fourfold of it. */
function doubledByFourfold(value: number, size: number, first: number): number {
  let doubled = value;
  for (let bound = first; size >= bound; bound *= 4) doubled *= 2;
  return doubled;
}
