import type { Random } from '../random.js';
import { callCommand } from './functions.js';
import { Literals } from './literals.js';
import { KEYS, VARIABLES } from './samples.js';
import { type Expression, isMap, type Kind, Made, type Scope } from './scope.js';

/** Kinds that can be written down. */
const LITERAL_KINDS = ['string', 'number', 'integer', 'small integer', 'complex', 'bool'] as const;
type LiteralKind = (typeof LITERAL_KINDS)[number] | 'null';

/** What takes whatever comes through a pipe, or most of it. */
const PIPED: readonly string[] = [
  'print',
  'println',
  'printf "%v"',
  'printf "%q"',
  'printf "%T %v" 1',
  'html',
  'js',
  'urlquery',
  'not',
  'and true',
  'or false',
  'len',
  'eq 1',
  'index 0',
  'printf',
];

/** How deep parentheses nest. */
const DEPTH = 3;

/**
 * Expressions that mostly find what they name in the data, and mostly suit where they stand.
 *
 *     pipeline = command { "|" command } .
 *     command  = operand { operand } | function { operand } .
 *     operand  = ( literal | "." | field | variable | "(" pipeline ")" ) { field } .
 */
export class Expressions {
  private readonly random: Random;
  private readonly scope: Scope;
  private readonly literals: Literals;
  private depth = 0;

  constructor(random: Random, scope: Scope) {
    this.random = random;
    this.scope = scope;
    this.literals = new Literals(random);
  }

  pipeline(want: Kind): Expression {
    const { random } = this;
    let { text, sample } = this.command(want);
    while (random.percent(10)) {
      const isLong = random.percent(15);
      text += this.pipe() + (isLong ? callCommand(this, random, 'any').text : random.pick(PIPED));
      sample = undefined;
    }
    return { text, sample };
  }

  operand(want: Kind): Expression {
    const { random } = this;
    if (this.depth < DEPTH && random.percent(want === 'any' || want === 'sized' ? 14 : 10)) {
      return this.parenthesized(want);
    }
    const found = random.percent(75) ? this.scope.reference(random, want) : undefined;
    if (found !== undefined) return random.percent(98) ? found : this.missing(found);
    return this.literal(want);
  }

  /** Space between operands. */
  gap(): string {
    return this.random.percent(97) ? ' ' : this.random.pick(['  ', '\t', '\n', ' \r\n ']);
  }

  pipe(): string {
    return this.random.percent(85) ? ' | ' : this.random.pick(['|', ' |', '| ', '\n|\n']);
  }

  private command(want: Kind): Expression {
    const { random } = this;
    if (random.percent(45)) return callCommand(this, random, want);
    const operand = this.operand(want);
    // Arguments to what is no function.
    if (random.percent(0.5))
      return { text: `${operand.text} ${this.operand('any').text}`, sample: undefined };
    return operand;
  }

  private parenthesized(want: Kind): Expression {
    const { random } = this;
    this.depth++;
    const inner = this.pipeline(want);
    this.depth--;
    const space = random.percent(92) ? '' : ' ';
    const text = `(${space}${random.percent(6) ? this.setter(inner) : ''}${inner.text}${space})`;
    const { sample } = inner;
    if (isMap(sample) && random.percent(30)) {
      const keys = Object.keys(sample).filter((key) => /^\w+$/.test(key));
      if (keys.length > 0) {
        const key = random.pick(keys);
        return { text: `${text}.${key}`, sample: sample[key] };
      }
    }
    return random.percent(1) ? { text: `${text}.${random.pick(KEYS)}`, sample: undefined } : { text, sample };
  }

  /** Makes a variable of what stands in parentheses; behind `and` and `or` it may never be made. */
  private setter({ sample }: Expression): string {
    const { random } = this;
    const { variables } = this.scope;
    const declares = random.percent(75);
    const name = random.pick(declares ? VARIABLES : variables.map((variable) => variable.name));
    variables.push({ name, sample });
    return `${name} ${declares ? ':=' : '='} `;
  }

  /** A field that is not there, or a variable that nobody declared. */
  private missing({ text }: Expression): Expression {
    const { random } = this;
    if (random.percent(10)) return { text: '$undeclared', sample: undefined };
    const name = random.percent(60) ? 'missing' : random.pick(KEYS);
    return { text: `${text === '.' ? '' : text}.${name}`, sample: undefined };
  }

  private literal(want: Kind): Expression {
    const { random, literals } = this;
    const kind: LiteralKind =
      want === 'null'
        ? want
        : (LITERAL_KINDS.find((literal) => literal === want) ?? this.anyLiteralKind(want));
    switch (kind) {
      case 'string':
        return { text: literals.string(), sample: new Made('string') };
      case 'number':
        return { text: literals.float(), sample: new Made('number') };
      case 'integer': {
        const text = random.percent(25) ? literals.rune() : literals.integer();
        return { text, sample: new Made('integer') };
      }
      case 'small integer':
        return { text: literals.smallInteger(), sample: new Made('integer') };
      case 'complex':
        return { text: literals.complex(), sample: new Made('complex') };
      case 'bool':
        return { text: literals.bool(), sample: new Made('bool') };
      case 'null':
        return { text: random.pick(['nil', '.', '$', 'true']), sample: undefined };
    }
  }

  /** In place of a list or object that the data lacks no large integer: to range over it takes hours. */
  private anyLiteralKind(want: Kind): LiteralKind {
    const { random } = this;
    if (random.percent(2)) return 'null';
    if (want === 'list' || want === 'map') return random.pick(['string', 'small integer', 'bool']);
    return random.pick(LITERAL_KINDS);
  }
}
