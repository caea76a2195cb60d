import type { Random } from '../random.js';
import { TEXTS } from './samples.js';
import type { Kind } from './scope.js';

/** Verbs, and the kind of value that each is meant for. No %p: it shows addresses. */
const VERBS: readonly (readonly [weight: number, value: readonly [verb: string, wants: Kind]])[] = [
  [10, ['v', 'any']],
  [4, ['T', 'any']],
  [10, ['s', 'string']],
  [10, ['q', 'string']],
  [5, ['x', 'string']],
  [3, ['X', 'string']],
  [10, ['d', 'integer']],
  [3, ['b', 'integer']],
  [3, ['o', 'integer']],
  [2, ['O', 'integer']],
  [4, ['x', 'integer']],
  [3, ['X', 'integer']],
  [4, ['c', 'integer']],
  [4, ['q', 'integer']],
  [4, ['U', 'integer']],
  [5, ['e', 'number']],
  [3, ['E', 'number']],
  [8, ['f', 'number']],
  [2, ['F', 'number']],
  [8, ['g', 'number']],
  [3, ['G', 'number']],
  [3, ['b', 'number']],
  [3, ['x', 'number']],
  [3, ['X', 'number']],
  [4, ['t', 'bool']],
  [2, ['w', 'any']],
  [2, ['z', 'any']],
  [1, ['!', 'any']],
  [1, ['é', 'any']],
  [4, ['d', 'any']],
  [3, ['s', 'any']],
  [3, ['x', 'any']],
  [3, ['q', 'any']],
  [3, ['g', 'complex']],
  [2, ['v', 'complex']],
  [1, ['.3f', 'complex']],
];
const FLAGS: readonly string[] = ['+', '-', '#', ' ', '0'];
const INDEXES: readonly string[] = [
  '[1]',
  '[2]',
  '[3]',
  '[1]',
  '[2]',
  '[0]',
  '[9]',
  '[x]',
  '[]',
  '[-1]',
  '[1',
  '[ 1]',
];

export interface Format {
  readonly text: string;
  /** Kinds of the arguments that suit the verbs, in order. */
  readonly wants: readonly Kind[];
}

/** @returns a format of printf, with what it wants to be given */
export function randomFormat(random: Random): Format {
  let text = '';
  const wants: Kind[] = [];
  for (let i = random.below(3); i >= 0; i--) {
    if (random.percent(40)) text += random.pick(TEXTS).replace('%', '');
    text += random.percent(5) ? '%%' : verb(random, wants);
  }
  if (random.percent(2)) text += random.pick(['%', '%-', '%5', '%.', '%[1]', '%*']);
  return { text, wants };
}

function verb(random: Random, wants: Kind[]): string {
  const [letter, want] = random.weighted(VERBS);
  const flags = random.percent(45) ? random.several(1, 3, () => random.pick(FLAGS)).join('') : '';
  const before = index(random, 4);
  const width = number(random, wants, 30);
  const precision = random.percent(30) ? `.${index(random, 3)}${number(random, wants, 80)}` : '';
  const after = index(random, 4);
  wants.push(want);
  return `%${flags}${before}${width}${precision}${after}${letter}`;
}

function index(random: Random, chance: number): string {
  return random.percent(chance) ? random.pick(INDEXES) : '';
}

/** A width or a precision, mostly of a few characters. */
function number(random: Random, wants: Kind[], chance: number): string {
  if (!random.percent(chance)) return '';
  if (random.percent(12)) {
    wants.push('small integer');
    return '*';
  }
  return String(
    random.weighted([
      [60, random.below(12)],
      [10, random.below(40)],
      [1, 2_000_000],
    ]),
  );
}
