import { objectText } from '../json-text.js';
import type { Random } from '../random.js';
import { KEYS, NUMBERS, TEXTS } from './samples.js';

/** @returns JSON of an object: what a template is rendered with */
export function randomData(random: Random): string {
  if (random.percent(2)) return '{}';
  const members = random.several(1, 5, () => [random.pick(KEYS), randomValue(random, 3)] as const);
  // What a template can range over, and look into, is mostly there.
  if (random.percent(80)) members.push(['list', list(random, 3)]);
  if (random.percent(80)) members.push(['map', object(random, 3)]);
  return objectText(members);
}

function randomValue(random: Random, depth: number): string {
  if (depth > 0 && random.percent(45))
    return random.percent(50) ? list(random, depth) : object(random, depth);
  return random.weighted<() => string>([
    [30, () => text(random)],
    [30, () => number(random)],
    [8, () => 'true'],
    [6, () => 'false'],
    [8, () => 'null'],
    [3, () => '""'],
    [3, () => '0'],
  ])();
}

/** Mostly of one kind, as lists are, so that a range body suits every element. */
function list(random: Random, depth: number): string {
  if (random.percent(60)) {
    const element = random.pick([text, number, (r: Random) => object(r, depth)]);
    return `[${random.several(0, 3, () => element(random)).join(',')}]`;
  }
  return `[${random.several(0, 3, () => randomValue(random, depth - 1)).join(',')}]`;
}

function object(random: Random, depth: number): string {
  return objectText(random.several(0, 3, () => [random.pick(KEYS), randomValue(random, depth - 1)] as const));
}

function text(random: Random): string {
  if (random.percent(1)) return '"a\\ud800b"';
  const value = random.percent(80) ? random.pick(TEXTS) : random.pick(TEXTS) + random.pick(TEXTS);
  return JSON.stringify(value);
}

function number(random: Random): string {
  const value = random.weighted<() => number>([
    [60, () => random.pick(NUMBERS)],
    [10, () => random.below(20)],
    [10, () => random.below(1e9) / 10 ** random.below(12)],
    [10, () => anyFloat(random)],
  ])();
  return Object.is(value, -0) ? '-0' : JSON.stringify(value);
}

/** Any finite float64, each power of two as likely as another. */
function anyFloat(random: Random): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setUint32(0, random.next());
  bits.setUint32(4, random.percent(50) ? random.next() : 0);
  const value = bits.getFloat64(0);
  return Number.isFinite(value) ? value : 1;
}
