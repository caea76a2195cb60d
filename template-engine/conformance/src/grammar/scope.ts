import type { JsonObject, JsonValue } from '@px0/template-engine';
import type { Random } from '../random.js';

/** What an expression is wanted to yield. `number` is one of the data, `integer` one of the template. */
export type Kind =
  | 'any'
  | 'string'
  | 'number'
  | 'integer'
  | 'small integer'
  | 'complex'
  | 'bool'
  | 'list'
  | 'map'
  | 'null'
  | 'sized';

/** A value that the template makes; of integers and the like it matters only what they are. */
export class Made {
  readonly kind: Kind;

  constructor(kind: Kind) {
    this.kind = kind;
  }
}

/** What an expression yields, as far as it can be told; undefined if it cannot. */
export type Sample = JsonValue | Made | undefined;

export interface Expression {
  readonly text: string;
  readonly sample: Sample;
}

/** Variables by their names, `$` among them; the innermost last. */
export interface Variable {
  readonly name: string;
  readonly sample: Sample;
}

/** What a template can refer to at a place, and what it would find there. */
export class Scope {
  readonly dot: Sample;
  readonly variables: Variable[];
  readonly isInRange: boolean;

  constructor(dot: Sample, variables: readonly Variable[], isInRange: boolean) {
    this.dot = dot;
    this.variables = [...variables];
    this.isInRange = isInRange;
  }

  /** @returns a field, variable or dot that holds what is wanted, if there is any */
  reference(random: Random, want: Kind): Expression | undefined {
    const bases = [{ name: '', sample: this.dot }, ...this.variables];
    for (let tries = 0; tries < 6; tries++) {
      const base = tries === 0 && random.percent(50) ? bases[0] : random.pick(bases);
      if (base === undefined) continue;
      const found = pathsOf(base.sample).get(want);
      if (found === undefined) continue;
      const { text, sample } = random.pick(found);
      return { text: base.name + text || '.', sample };
    }
    return undefined;
  }
}

export function isMap(sample: Sample): sample is JsonObject {
  return typeof sample === 'object' && sample !== null && !Array.isArray(sample) && !(sample instanceof Made);
}

export function isList(sample: Sample): sample is readonly JsonValue[] {
  return Array.isArray(sample);
}

/** What can stand as a field: `.1` would be a number. */
const IDENTIFIER = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;
const DEPTH = 3;

const pathsOfObjects = new WeakMap<object, ReadonlyMap<Kind, readonly Expression[]>>();

/** @returns paths into a value, by what they lead to: `.a.b`, and the empty path */
function pathsOf(value: Sample): ReadonlyMap<Kind, readonly Expression[]> {
  if (typeof value !== 'object' || value === null) return byKind([{ text: '', sample: value }]);
  const known = pathsOfObjects.get(value);
  if (known !== undefined) return known;
  const paths = byKind([...pathsFrom(value, '', DEPTH)]);
  pathsOfObjects.set(value, paths);
  return paths;
}

function* pathsFrom(sample: Sample, text: string, depth: number): Generator<Expression> {
  yield { text, sample };
  if (depth === 0 || !isMap(sample)) return;
  for (const [key, member] of Object.entries(sample)) {
    if (IDENTIFIER.test(key)) yield* pathsFrom(member, `${text}.${key}`, depth - 1);
  }
}

function byKind(paths: readonly Expression[]): ReadonlyMap<Kind, readonly Expression[]> {
  const kinds = new Map<Kind, Expression[]>();
  for (const path of paths) {
    for (const kind of kindsOf(path.sample)) {
      const others = kinds.get(kind);
      if (others === undefined) kinds.set(kind, [path]);
      else others.push(path);
    }
  }
  return kinds;
}

function kindsOf(sample: Sample): readonly Kind[] {
  if (sample === undefined) return ['any'];
  if (sample === null) return ['any', 'null'];
  if (sample instanceof Made) return ['any', sample.kind];
  if (typeof sample === 'string') return ['any', 'string', 'sized'];
  if (typeof sample === 'number') return ['any', 'number'];
  if (typeof sample === 'boolean') return ['any', 'bool'];
  return isList(sample) ? ['any', 'list', 'sized'] : ['any', 'map', 'sized'];
}
