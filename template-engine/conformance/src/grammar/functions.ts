import type { Random } from '../random.js';
import type { Expressions } from './expressions.js';
import { randomFormat } from './formats.js';
import { quoted } from './literals.js';
import { type Expression, isList, isMap, type Kind, Made, type Sample } from './scope.js';

/** A call before it is written down: its arguments, and what it yields. */
interface Call {
  readonly args: readonly string[];
  readonly sample: Sample;
}

type MakeCall = (make: Expressions, random: Random) => Call;

const SCALARS: readonly Kind[] = [
  'string',
  'number',
  'integer',
  'bool',
  'string',
  'number',
  'integer',
  'complex',
];

const ORDERED: readonly Kind[] = ['string', 'number', 'integer'];

/** Every function of the language with arguments that mostly suit it. */
const FUNCTIONS: Readonly<Record<string, MakeCall>> = {
  and: logic,
  or: logic,
  not: (make) => ({ args: [make.operand('any').text], sample: new Made('bool') }),
  len: (make) => ({ args: [make.operand('sized').text], sample: new Made('integer') }),
  index: indexCall,
  slice: sliceCall,
  print: printing,
  println: printing,
  html: printing,
  js: printing,
  urlquery: printing,
  printf: (make, random) => {
    const format = randomFormat(random);
    const args = format.wants.map((want) => make.operand(random.percent(92) ? want : 'any').text);
    if (random.percent(5)) args.push(make.operand('any').text);
    if (random.percent(5)) args.pop();
    const isRaw = random.percent(20) && !format.text.includes('`');
    return {
      args: [isRaw ? `\`${format.text}\`` : quoted(format.text), ...args],
      sample: new Made('string'),
    };
  },
  call: (make, random) => ({ args: anyArguments(make, random, 1, 3), sample: undefined }),
  eq: (make, random) => comparison(make, random, SCALARS, random.percent(20) ? 1 + random.below(3) : 2),
  ne: (make, random) => comparison(make, random, SCALARS, 2),
  lt: inOrder,
  le: inOrder,
  gt: inOrder,
  ge: inOrder,
};
const NAMES = Object.keys(FUNCTIONS);
const YIELDS: Partial<Record<Kind, readonly string[]>> = {
  string: ['print', 'printf', 'printf', 'html', 'js', 'urlquery', 'println', 'slice', 'index'],
  integer: ['len', 'len', 'index'],
  bool: ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'not', 'and', 'or'],
  list: ['slice', 'index'],
  map: ['index', 'or', 'and'],
};

/** @returns a call that mostly yields what is wanted, as a command: without parentheses, perhaps piped */
export function callCommand(make: Expressions, random: Random, want: Kind): Expression {
  const name = random.pick((random.percent(85) ? YIELDS[want] : undefined) ?? NAMES);
  const call = (FUNCTIONS[name] as MakeCall)(make, random);
  const args = [...call.args];
  // A wrong number of arguments.
  if (random.percent(1)) args.pop();
  if (random.percent(1)) args.push(make.operand('any').text);
  const last = args.at(-1);
  const text =
    last !== undefined && random.percent(20)
      ? `${last}${make.pipe()}${[name, ...args.slice(0, -1)].join(make.gap())}`
      : [name, ...args].join(make.gap());
  return { text, sample: call.sample };
}

function anyArguments(make: Expressions, random: Random, least: number, most: number): string[] {
  return random.several(least, most, () => make.operand('any').text);
}

function logic(make: Expressions, random: Random): Call {
  const args = random.several(1, 4, () => make.operand(random.percent(40) ? 'bool' : 'any'));
  return { args: args.map(({ text }) => text), sample: random.pick(args).sample };
}

function printing(make: Expressions, random: Random): Call {
  const args = random.percent(50)
    ? [make.operand('string').text]
    : anyArguments(make, random, random.percent(95) ? 1 : 0, 4);
  return { args, sample: new Made('string') };
}

function inOrder(make: Expressions, random: Random): Call {
  return comparison(make, random, random.percent(95) ? ORDERED : SCALARS, 2);
}

function comparison(make: Expressions, random: Random, kinds: readonly Kind[], count: number): Call {
  const kind = random.pick(kinds);
  const args = Array.from({ length: count }, () => make.operand(random.percent(96) ? kind : 'any').text);
  // Equal operands are rare by chance.
  if (args.length > 1 && random.percent(25)) args[1] = args[0] as string;
  return { args, sample: new Made('bool') };
}

function indexCall(make: Expressions, random: Random): Call {
  const item = make.operand(random.pick(['list', 'map', 'list', 'map', 'string', 'any']));
  const args = [item.text];
  let { sample } = item;
  while (args.length === 1 || (random.percent(35) && (isList(sample) || isMap(sample)))) {
    const [text, element] = indexOf(make, random, sample);
    args.push(text);
    sample = element;
  }
  return { args, sample };
}

function indexOf(make: Expressions, random: Random, sample: Sample): [text: string, element: Sample] {
  if (random.percent(4)) return [make.operand('any').text, undefined];
  if (isMap(sample)) {
    const keys = Object.keys(sample);
    const key = keys.length > 0 && random.percent(90) ? random.pick(keys) : 'missing';
    return [quoted(key), sample[key]];
  }
  if (isList(sample) && sample.length > 0 && random.percent(90)) {
    const position = random.below(sample.length);
    return [String(position), sample[position]];
  }
  return [make.operand('small integer').text, typeof sample === 'string' ? new Made('integer') : undefined];
}

function sliceCall(make: Expressions, random: Random): Call {
  const item = make.operand(random.pick(['list', 'string', 'string', 'any']));
  const bounds = random.several(0, 3, () => random.below(4)).sort();
  const args = bounds.map((bound) =>
    random.percent(90) ? String(bound) : make.operand('small integer').text,
  );
  return { args: [item.text, ...args], sample: isList(item.sample) ? item.sample : new Made('string') };
}
