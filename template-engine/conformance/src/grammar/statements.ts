import type { Random } from '../random.js';
import { Expressions } from './expressions.js';
import { quoted } from './literals.js';
import { PLAIN_TEXTS, VARIABLES } from './samples.js';
import { type Expression, isList, isMap, type Kind, Made, type Sample, Scope } from './scope.js';

/** How deep structures nest. */
const DEPTH = 4;

/** "t" is the main template, which may be defined once more if one of the two is empty. */
const DEFINITION_NAMES: readonly string[] = ['a', 'b', 'inner', 'two words', '', 'é"', 't'];

/** A template defined beside the main one, and what it expects as dot. */
interface Definition {
  readonly name: string;
  readonly dot: Expression;
}

/** One random template: statements whose expressions fit the data. */
export class Statements {
  private readonly random: Random;
  private readonly data: Sample;
  private readonly definitions: Definition[] = [];
  private depth = 0;
  private blocks = 0;

  constructor(random: Random, data: Sample) {
    this.random = random;
    this.data = data;
  }

  template(): string {
    const { random } = this;
    const root = new Scope(this.data, [{ name: '$', sample: this.data }], false);
    if (random.percent(30)) return this.templateWithDefinitions(root);
    return this.list(root, 1, 5);
  }

  /** Definitions call those before them, so that recursion is what the data ends. */
  private templateWithDefinitions(root: Scope): string {
    const { random } = this;
    const parts: string[] = [];
    for (let i = random.below(3); i >= 0; i--) {
      const taken = this.definitions.map(({ name }) => name);
      const free = DEFINITION_NAMES.filter((name) => name !== 't' && !taken.includes(name));
      const name = random.pick(random.percent(96) ? free : DEFINITION_NAMES);
      const dot = root.reference(random, random.pick(['any', 'map', 'map', 'list'])) ?? {
        text: '.',
        sample: this.data,
      };
      parts.push(random.percent(20) ? this.recursive(name, dot.sample) : this.definition(name, dot.sample));
      this.definitions.push({
        name,
        dot: { ...dot, text: dot.text.replace(/^(?=\.)/, '$').replace(/\.$/, '') },
      });
    }
    parts.push(this.list(root, 1, 4));
    if (random.percent(30)) parts.reverse();
    return parts.join(random.percent(80) ? '' : random.pick(PLAIN_TEXTS));
  }

  private definition(name: string, dot: Sample): string {
    const scope = new Scope(dot, [{ name: '$', sample: dot }], false);
    const body = this.random.percent(8)
      ? this.random.pick(['', ' \n', '{{/* */}}', '{{- ""}}'])
      : this.list(scope, 1, 3);
    return this.action(`define ${this.name(name)}`) + body + this.action('end');
  }

  /** A template that calls itself for the parts of its dot. */
  private recursive(name: string, dot: Sample): string {
    const scope = new Scope(dot, [{ name: '$', sample: dot }], false);
    const call = this.action(`template ${this.name(name)} .`);
    const inner = this.random.percent(50) ? call : `${this.list(scope, 0, 1)}${call}`;
    const body = `[{{if eq (printf "%.1s" (print .)) "[" "m"}}{{range .}}${inner}{{end}}{{else}}{{.}}{{end}}]`;
    return this.action(`define ${this.name(name)}`) + body + this.action('end');
  }

  private list(scope: Scope, least: number, most: number): string {
    return this.random.several(least, most, () => this.statement(scope)).join('');
  }

  private statement(scope: Scope): string {
    const { random } = this;
    const isDeep = this.depth >= DEPTH;
    return random.weighted<() => string>([
      [25, () => random.pick(PLAIN_TEXTS)],
      [45, () => this.action(new Expressions(random, scope).pipeline('any').text)],
      [10, () => this.declaration(scope)],
      [5, () => this.assignment(scope)],
      [isDeep ? 0 : 10, () => this.condition(scope)],
      [isDeep ? 0 : 9, () => this.withDot(scope)],
      [isDeep ? 0 : 13, () => this.range(scope)],
      [scope.isInRange ? 5 : 0.05, () => this.jump(scope)],
      [3, () => this.comment()],
      [this.definitions.length > 0 ? 14 : 0.5, () => this.templateCall(scope)],
      [isDeep ? 0 : 2, () => this.block(scope)],
      [0.1, () => this.definition('nested', undefined)],
    ])();
  }

  private action(inner: string): string {
    const { random } = this;
    const left = random.percent(80) ? '{{' : random.pick(['{{- ', '{{ ', '{{-\n', '{{\t']);
    const right = random.percent(80) ? '}}' : random.pick([' -}}', ' }}', '\n-}}', '\r\n}}', '  -}}']);
    return left + inner + right;
  }

  private comment(): string {
    return this.random.pick([
      '{{/* note */}}',
      '{{- /* {{.a}} */ -}}',
      '{{/**/}}',
      '{{/* a\nb */ -}}',
      '{{- /*é*/}}',
    ]);
  }

  private name(name: string): string {
    return this.random.percent(80) || name.includes('`') ? quoted(name) : `\`${name}\``;
  }

  private declaration(scope: Scope): string {
    const { random } = this;
    const name = random.pick(VARIABLES);
    const { text, sample } = new Expressions(random, scope).pipeline('any');
    scope.variables.push({ name, sample });
    return this.action(`${name}${random.percent(90) ? ' := ' : ':='}${text}`);
  }

  private assignment(scope: Scope): string {
    const { random } = this;
    const declared = scope.variables.at(-1);
    if (declared === undefined || (declared.name === '$' && random.percent(90)))
      return this.declaration(scope);
    const { text, sample } = new Expressions(random, scope).pipeline('any');
    scope.variables.push({ name: declared.name, sample });
    return this.action(`${declared.name} = ${text}`);
  }

  private condition(scope: Scope): string {
    const { random } = this;
    const inner = new Scope(scope.dot, scope.variables, scope.isInRange);
    let text = this.action(`if ${this.head(inner, random.percent(60) ? 'bool' : 'any').text}`);
    text += this.body(inner);
    while (random.percent(25)) {
      text += this.action(`else if ${this.head(inner, 'bool').text}`) + this.body(inner);
    }
    return text + this.otherwise(scope) + this.action('end');
  }

  private withDot(scope: Scope): string {
    const { random } = this;
    const outer = new Scope(scope.dot, scope.variables, scope.isInRange);
    const value = this.head(outer, random.percent(50) ? 'map' : 'any');
    let text = this.action(`with ${value.text}`);
    text += this.body(new Scope(value.sample, outer.variables, scope.isInRange));
    while (random.percent(20)) {
      const next = this.head(outer, 'any');
      text += this.action(`else with ${next.text}`);
      text += this.body(new Scope(next.sample, outer.variables, scope.isInRange));
    }
    return text + this.otherwise(scope) + this.action('end');
  }

  /** The pipeline of an if or with, which may declare a variable for what follows. */
  private head(scope: Scope, want: Kind): Expression {
    const { random } = this;
    const value = new Expressions(random, scope).pipeline(want);
    if (random.percent(80)) return value;
    const name = random.pick(VARIABLES);
    scope.variables.push({ name, sample: value.sample });
    return { text: `${name} := ${value.text}`, sample: value.sample };
  }

  private range(scope: Scope): string {
    const { random } = this;
    const want = random.weighted<Kind>([
      [50, 'list'],
      [30, 'map'],
      [10, 'small integer'],
      // What cannot be ranged over. Not any integer: that may be counted up to for hours.
      [4, random.pick(['string', 'number', 'bool', 'complex'])],
      [3, 'null'],
    ]);
    const expressions = new Expressions(random, scope);
    const value = random.percent(80) ? expressions.operand(want) : expressions.pipeline(want);
    const [key, element] = partsOf(value.sample);
    const most = want === 'small integer' && random.percent(95) ? 1 : 2;
    const names = random.several(0, most, () => random.pick(VARIABLES));
    const operator = random.percent(92) ? ':=' : '=';
    const inner = new Scope(element, scope.variables, true);
    const samples = names.length === 2 ? [key, element] : [element];
    names.forEach((name, i) => {
      inner.variables.push({ name, sample: samples[i] });
    });
    const head = names.length === 0 ? '' : `${names.join(', ')} ${operator} `;
    const text = this.action(`range ${head}${value.text}`) + this.body(inner);
    return text + this.otherwise(scope) + this.action('end');
  }

  private jump(scope: Scope): string {
    const word = this.action(this.random.pick(['break', 'continue']));
    if (this.random.percent(30)) return word;
    return (
      this.action(`if ${new Expressions(this.random, scope).pipeline('bool').text}`) +
      word +
      this.action('end')
    );
  }

  private otherwise(scope: Scope): string {
    if (!this.random.percent(30)) return '';
    return this.action('else') + this.body(new Scope(scope.dot, scope.variables, scope.isInRange));
  }

  private body(scope: Scope): string {
    this.depth++;
    const text = this.list(scope, 0, 3);
    this.depth--;
    return text;
  }

  private templateCall(scope: Scope): string {
    const { random } = this;
    const definition = this.definitions.length > 0 ? random.pick(this.definitions) : undefined;
    const name = this.name(definition !== undefined && random.percent(97) ? definition.name : 'undefined');
    if (random.percent(10)) return this.action(`template ${name}`);
    const isMain = scope.variables[0]?.sample === this.data;
    if (isMain && definition !== undefined && random.percent(70)) {
      return this.action(`template ${name} ${definition.dot.text}`);
    }
    return this.action(`template ${name} ${this.head(scope, 'any').text}`);
  }

  private block(scope: Scope): string {
    const { random } = this;
    const value = new Expressions(random, scope).pipeline('any');
    const name = random.percent(97) ? `block ${this.blocks++}` : random.pick(DEFINITION_NAMES);
    // Go leaves no variable and no loop of the surroundings in sight.
    const body = this.body(new Scope(value.sample, [{ name: '$', sample: value.sample }], false));
    return this.action(`block ${this.name(name)} ${value.text}`) + body + this.action('end');
  }
}

/** @returns what a range over the value yields as key and element */
function partsOf(sample: Sample): [key: Sample, element: Sample] {
  if (isList(sample)) return [new Made('integer'), sample[0]];
  if (isMap(sample)) return [new Made('string'), Object.values(sample)[0]];
  return [undefined, sample instanceof Made && sample.kind === 'integer' ? new Made('integer') : undefined];
}
