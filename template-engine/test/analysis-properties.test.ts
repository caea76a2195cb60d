import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '#compile.js';
import { TemplateExecutionError } from '#errors.js';
import type { JsonObject, JsonValue } from '#json.js';
import { load } from '#template.js';

/*
 * What holds for any template (of this grammar; definitions do not call themselves) and any data:
 *
 * (a) Every key that a rendering looks for in vain is listed, or leads to what is listed. So no rendering
 *     fails over a missing key of which the list does not know.
 * (b) If a rendering with missing=error succeeds, it fails as soon as one necessary path (not optional) is
 *     taken out of the data, whichever element's it is.
 */

type Choose = (choices: number) => number;

/** Turns random numbers into choices; 0, the simplest, when they are used up. */
function chooser(numbers: readonly number[]): Choose {
  let used = 0;
  return (choices) => (numbers[used++] ?? 0) % choices;
}

const FIELDS = ['t', 'a', 'b', 'xs', 'a.t', 'a.b', 'b.a', 'a.xs'] as const;

/** Writes a random template. Statements nest three deep, which the data below reach. */
class Writer {
  private readonly choose: Choose;
  private variables: string[] = ['$'];
  private loops = 0;
  private declared = 0;

  constructor(choose: Choose) {
    this.choose = choose;
  }

  template(): string {
    const definitions = ['"one"', '"two"'].map((name, i) => {
      this.variables = ['$'];
      return `{{define ${name}}}${this.list(1, i === 0 ? ['"two"'] : [])}{{end}}`;
    });
    this.variables = ['$'];
    return `${definitions.join('')}${this.list(3, ['"one"', '"two"'])}`;
  }

  private list(depth: number, callable: readonly string[]): string {
    const outside = this.variables.length;
    let text = '';
    for (let left = 1 + this.choose(4); left > 0; left--) text += this.statement(depth, callable);
    this.variables.length = outside;
    return text;
  }

  private statement(depth: number, callable: readonly string[]): string {
    switch (depth === 0 ? 0 : this.choose(11)) {
      case 0:
      case 1:
        return `{{${this.expression(2)}}}`;
      case 2:
        return this.branch('if', depth, callable);
      case 3:
        return this.branch('with', depth, callable);
      case 4:
      case 5:
        return this.loop(depth, callable);
      case 6: {
        const value = this.expression(2);
        const name = `$v${this.declared++}`;
        this.variables.push(name);
        return `{{${name} := ${value}}}`;
      }
      case 7:
        return `{{${this.variable()} = ${this.expression(2)}}}`;
      case 8:
        return this.loops === 0
          ? 'text'
          : `{{if ${this.expression(1)}}}{{${this.oneOf(['break', 'continue'])}}}{{end}}`;
      default:
        return callable.length === 0 ? '' : `{{template ${this.oneOf(callable)} ${this.operand()}}}`;
    }
  }

  private branch(kind: 'if' | 'with', depth: number, callable: readonly string[]): string {
    const condition = this.expression(2);
    const body = this.list(depth - 1, callable);
    const otherwise = this.choose(2) === 0 ? '' : `{{else}}${this.list(depth - 1, callable)}`;
    return `{{${kind} ${condition}}}${body}${otherwise}{{end}}`;
  }

  private loop(depth: number, callable: readonly string[]): string {
    const outside = this.variables.length;
    const over = this.oneOf([
      '.xs',
      '.a',
      '$.xs',
      '$.a.xs',
      `${this.variable()}.xs`,
      '(or .xs .a.xs)',
      '(slice .xs 0)',
    ]);
    const name = `$v${this.declared++}`;
    const heads = [`${over}`, `${name} := ${over}`, `$i, ${name} := ${over}`, `${this.variable()} = ${over}`];
    const form = this.choose(heads.length);
    if (form === 1 || form === 2) this.variables.push(name);
    this.loops++;
    const body = this.list(depth - 1, callable);
    this.loops--;
    this.variables.length = outside;
    const otherwise = this.choose(3) === 0 ? `{{else}}${this.list(depth - 1, callable)}` : '';
    return `{{range ${heads[form]}}}${body}${otherwise}{{end}}`;
  }

  private expression(depth: number): string {
    const inner = (): string => (depth === 0 ? this.operand() : `(${this.expression(depth - 1)})`);
    switch (this.choose(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.operand();
      case 4:
        return `${this.oneOf(['and', 'or'])} ${inner()} ${inner()}`;
      case 5:
        return `not ${inner()}`;
      case 6:
        return `index ${this.operand()} "${this.oneOf(['t', 'a', 'b', 'xs'])}"`;
      case 7:
        return `index ${inner()} "a" "t"`;
      case 8:
        return `${inner()} | ${this.oneOf(['print', 'printf "%v"', 'html'])}`;
      case 9:
        return `(${this.expression(0)}).${this.oneOf(FIELDS)}`;
      case 10:
        return `eq "x" ${this.operand()}`;
      default:
        return `len ${this.oneOf(['.xs', '.a', '.t'])}`;
    }
  }

  private operand(): string {
    switch (this.choose(6)) {
      case 0:
      case 1:
      case 2:
        return `.${this.oneOf(FIELDS)}`;
      case 3:
        return '.';
      case 4:
        return this.variable();
      default:
        return `${this.variable()}.${this.oneOf(FIELDS)}`;
    }
  }

  private variable(): string {
    return this.oneOf(this.variables);
  }

  private oneOf<T>(items: readonly T[]): T {
    return items[this.choose(items.length)] as T;
  }
}

const SCALARS: readonly JsonValue[] = ['x', '', 'y', true, false, 1, 0];

/** @param holes one of how many keys is left out; 0 for none */
function randomData(choose: Choose, holes: number, depth = 4): JsonObject {
  const data: Record<string, JsonValue> = {};
  const put = (key: string, value: () => JsonValue): void => {
    if (holes === 0 || choose(holes) !== holes - 1) data[key] = value();
  };
  put('t', () => SCALARS[choose(SCALARS.length)] as JsonValue);
  if (depth === 0) return data;
  put('a', () => randomData(choose, holes, depth - 1));
  put('b', () => randomData(choose, holes, depth - 1));
  put('xs', () => Array.from({ length: choose(3) }, () => randomData(choose, holes, depth - 1)));
  return data;
}

const numbers = (size: number) => fc.array(fc.nat(5_039), { minLength: 0, maxLength: size, size: 'max' });
const sources = numbers(150).map((choices) => new Writer(chooser(choices)).template());

type Path = readonly (string | number)[];

/** @returns the data, and the paths of the keys that were looked for in it and were not there */
function watched(data: JsonObject): { data: JsonObject; absent: Path[] } {
  const absent: Path[] = [];
  const watch = <T extends object>(object: T, path: Path): T =>
    new Proxy(object, {
      get: (target, key) => {
        const value: unknown = look(target, key, path);
        if (typeof value !== 'object' || value === null) return value;
        return watch(value, [...path, Array.isArray(target) ? Number(key) : String(key)]);
      },
      getOwnPropertyDescriptor: (target, key) => {
        look(target, key, path);
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
    });
  const look = (target: object, key: string | symbol, path: Path): unknown => {
    if (
      typeof key === 'string' &&
      !Array.isArray(target) &&
      !Object.hasOwn(target, key) &&
      !(key in target)
    ) {
      absent.push([...path, key]);
    }
    return Reflect.get(target, key);
  };
  return { data: watch(data, []), absent };
}

const segmentsOf = (path: string): string[] => path.match(/\[\]|[^.[\]]+/g) ?? [];

function isKnown(absent: Path, listed: readonly string[][]): boolean {
  return listed.some((segments) => absent.every((key, i) => segments[i] === '[]' || segments[i] === key));
}

/** @returns the data without what stands at a path, once for each element that the path leads through */
function without(data: JsonObject, segments: readonly string[]): JsonObject[] {
  let parents: Path[] = [[]];
  const at = (path: Path, root: JsonValue): JsonValue | undefined =>
    path.reduce<JsonValue | undefined>((value, key) => (value as JsonObject | undefined)?.[key], root);
  for (const segment of segments.slice(0, -1)) {
    parents = parents.flatMap((path) => {
      const value = at(path, data);
      if (typeof value !== 'object' || value === null) return [];
      const keys = segment === '[]' ? Object.keys(value) : Object.hasOwn(value, segment) ? [segment] : [];
      return keys.map((key) => [...path, key]);
    });
  }
  const last = segments.at(-1) ?? '';
  return parents.flatMap((path) => {
    const parent = at(path, data);
    if (typeof parent !== 'object' || parent === null || !Object.hasOwn(parent, last)) return [];
    const copy: JsonObject = structuredClone(data);
    Reflect.deleteProperty(at(path, copy) as object, last);
    return [copy];
  });
}

function renders(source: string, data: JsonObject, missing: 'error' | 'default'): boolean {
  try {
    load(compile(source, { name: 't' })).render(data, { missing });
    return true;
  } catch (error) {
    if (error instanceof TemplateExecutionError) return false;
    throw error;
  }
}

describe('of any template and any data', () => {
  it('every key that is looked for in vain is listed, or leads to what is', () => {
    let found = 0;
    fc.assert(
      fc.property(sources, numbers(60), fc.constantFrom('error', 'default'), (source, choices, missing) => {
        const { data, absent } = watched(randomData(chooser(choices), 6));
        renders(source, data, missing);
        found += absent.length;
        const listed = compile(source, { name: 't' }).variables.map(({ path }) => segmentsOf(path));
        expect(absent.filter((path) => !isKnown(path, listed))).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
    expect(found).toBeGreaterThan(300);
  });

  it('nothing that succeeds does so without a necessary path', () => {
    let removed = 0;
    fc.assert(
      fc.property(sources, numbers(60), (source, choices) => {
        const data = randomData(chooser(choices), 0);
        if (!renders(source, data, 'error')) return;
        for (const { path, optional } of compile(source, { name: 't' }).variables) {
          if (optional) continue;
          for (const lacking of without(data, segmentsOf(path)).slice(0, 4)) {
            removed++;
            expect([path, renders(source, lacking, 'error')]).toEqual([path, false]);
          }
        }
      }),
      { numRuns: 1_500 },
    );
    expect(removed).toBeGreaterThan(300);
  });
});
