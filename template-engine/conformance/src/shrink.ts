import type { JsonValue } from '@px0/template-engine';
import type { Case } from './case.js';
import { jsonText, objectText } from './json-text.js';

/** Whether cases still show what is to be kept, in their order. */
export type Judge = (cases: readonly Case[]) => Promise<boolean[]>;

const TOKEN = /\{\{-?|-?\}\}|[\p{L}\p{Nd}_]+|\s+|./gsu;

/** @returns the smallest case found that the judge still accepts: less template, less data, no option */
export async function shrink(start: Case, judge: Judge): Promise<Case> {
  let best = start;
  for (;;) {
    const smaller = await firstAccepted(smallerCases(best), judge);
    if (smaller === undefined) return best;
    best = smaller;
  }
}

/** The candidates are judged in groups: the oracle answers many at once faster than one by one. */
async function firstAccepted(candidates: readonly Case[], judge: Judge): Promise<Case | undefined> {
  const GROUP = 50;
  for (let start = 0; start < candidates.length; start += GROUP) {
    const group = candidates.slice(start, start + GROUP);
    const verdicts = await judge(group);
    const accepted = group[verdicts.indexOf(true)];
    if (accepted !== undefined) return accepted;
  }
  return undefined;
}

/** The largest steps first. */
function smallerCases(large: Case): Case[] {
  const tokens = large.template.match(TOKEN) ?? [];
  const templates = [...withoutRuns(tokens)].map((rest) => rest.join(''));
  const data = [...smallerValues(JSON.parse(large.data) as JsonValue)];
  return [
    ...templates.map((template) => ({ ...large, template })),
    ...data.filter((text) => text.startsWith('{')).map((text) => ({ ...large, data: text })),
    ...(large.missing === 'error' ? [] : [{ ...large, missing: 'error' as const }]),
    ...[...withoutRuns([...large.template])].map((rest) => ({ ...large, template: rest.join('') })),
  ];
}

/** @returns the list without one run of it: halves, quarters, …, single parts, and pairs of single parts */
function* withoutRuns<T>(list: readonly T[]): Generator<T[]> {
  for (let size = list.length; size >= 1; size = Math.floor(size / 2)) {
    for (let start = 0; start + size <= list.length; start += Math.max(1, Math.floor(size / 2))) {
      yield list.toSpliced(start, size);
    }
  }
  // What stands around something goes together: parentheses, quotes, delimiters.
  for (let first = 0; first < Math.min(list.length, 60); first++) {
    for (let second = first + 2; second < Math.min(list.length, first + 12); second++) {
      yield list.toSpliced(second, 1).toSpliced(first, 1);
    }
  }
}

/** @returns JSON of the values that are one step smaller */
function* smallerValues(value: JsonValue): Generator<string> {
  if (Array.isArray(value)) {
    const items = value.map(jsonText);
    for (const [i, item] of value.entries()) {
      yield `[${items.toSpliced(i, 1).join(',')}]`;
      for (const smaller of smallerValues(item)) yield `[${items.toSpliced(i, 1, smaller).join(',')}]`;
    }
  } else if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => [key, jsonText(member)] as const);
    for (const [i, [key]] of members.entries()) {
      yield objectText(members.toSpliced(i, 1));
      const member = (value as { [key: string]: JsonValue })[key] ?? null;
      for (const smaller of smallerValues(member)) yield objectText(members.toSpliced(i, 1, [key, smaller]));
    }
  } else if (typeof value === 'string') {
    for (const rest of withoutRuns([...value].slice(0, 40))) yield JSON.stringify(rest.join(''));
  }
  if (value !== 0 && value !== '' && value !== null && value !== false) yield '0';
}
