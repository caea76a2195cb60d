import { type Change, changesBetween, type LineRange } from './line-matching.js';

/** How many equal lines are shown before and after a change. */
const CONTEXT = 3;

/**
 * What GNU `diff -a -u --label <labels.from> --label <labels.to>` prints for the two texts, byte for byte;
 * the empty text if they are equal.
 *
 * A line ends at \n and nowhere else, so a \r belongs to its line. A text may hold any character, lone
 * surrogates too. The labels must hold no line break.
 *
 * The work is bounded, for whoever writes a template may write an unfriendly one: two texts of 256 KiB
 * take about 100 ms at most, whatever is in them. Where thousands of lines that stand in both would
 * have to be taken out and put in elsewhere, what is still open is therefore shown as one change. Such a
 * diff is correct, but longer than GNU's.
 */
export function unifiedDiff(
  from: string,
  to: string,
  labels: { readonly from: string; readonly to: string },
): string {
  if (from === to) return '';
  const fromLines = linesOf(from);
  const toLines = linesOf(to);
  const hunks = hunksOf(changesBetween(fromLines, toLines, CONTEXT));
  const printed = hunks.map((changes) => printedHunk(changes, fromLines, toLines));
  return `--- ${labels.from}\n+++ ${labels.to}\n${printed.join('')}`;
}

/**
 * The lines without the \n that ends them. A last line that has none carries the note that is printed
 * after it, which also sets it apart from every other line.
 */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const unended = lines.pop();
  if (unended !== '') lines.push(`${unended}\n\\ No newline at end of file`);
  return lines;
}

/** Changes whose contexts touch or overlap stand in one hunk. */
function hunksOf(changes: readonly Change[]): Change[][] {
  const hunks: Change[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const change of changes) {
    if (change.from.start - end <= 2 * CONTEXT) hunks.at(-1)?.push(change);
    else hunks.push([change]);
    end = change.from.end;
  }
  return hunks;
}

function printedHunk(
  changes: readonly Change[],
  fromLines: readonly string[],
  toLines: readonly string[],
): string {
  const from = withContext(
    changes.map((change) => change.from),
    fromLines,
  );
  const to = withContext(
    changes.map((change) => change.to),
    toLines,
  );
  let hunk = `@@ -${printedRange(from)} +${printedRange(to)} @@\n`;
  let at = from.start;
  for (const change of changes) {
    hunk += printedLines(' ', fromLines, { start: at, end: change.from.start });
    hunk += printedLines('-', fromLines, change.from);
    hunk += printedLines('+', toLines, change.to);
    at = change.from.end;
  }
  return hunk + printedLines(' ', fromLines, { start: at, end: from.end });
}

function withContext(ranges: readonly LineRange[], lines: readonly string[]): LineRange {
  return {
    start: Math.max(0, (ranges[0]?.start ?? 0) - CONTEXT),
    end: Math.min(lines.length, (ranges.at(-1)?.end ?? 0) + CONTEXT),
  };
}

/** Lines are counted from 1. An empty range is told by the line before it. */
function printedRange({ start, end }: LineRange): string {
  if (end === start) return `${start},0`;
  return end === start + 1 ? `${end}` : `${start + 1},${end - start}`;
}

function printedLines(sign: ' ' | '-' | '+', lines: readonly string[], { start, end }: LineRange): string {
  return end === start ? '' : `${sign}${lines.slice(start, end).join(`\n${sign}`)}\n`;
}
