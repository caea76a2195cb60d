import { describe, expect, it } from 'vitest';
import { decodeVariables } from '#analysis/decode-variables.js';
import { MAX_PATH_LENGTH, MAX_VARIABLES } from '#analysis/template-variable.js';
import { variablesOf } from '#analysis/variables-of.js';
import { BUILTIN_NAMES } from '#builtins/table.js';
import { compile } from '#compile.js';
import { DEFAULT_COMPILE_LIMITS } from '#limits.js';
import { parse } from '#syntax/parser.js';

const SIZE = DEFAULT_COMPILE_LIMITS.sourceBytes;
const DEEP = DEFAULT_COMPILE_LIMITS.nesting - 1;

const variables = (source: string) => compile(source, { name: 't' }).variables;
const paths = (source: string) => variables(source).map(({ path }) => path);

/** @returns parts up to the size of a source */
function filled(part: (i: number) => string, size = SIZE): string {
  let text = '';
  for (let i = 0; ; i++) {
    const next = part(i);
    if (text.length + next.length > size) return text;
    text += next;
  }
}
const nested = (open: string, depth: number, inner: string) =>
  open.repeat(depth) + inner + '{{end}}'.repeat(depth);
const eachOf = (count: number, part: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join('');

describe('the list', () => {
  it('holds 1,000 paths at most: those that the template reads first', () => {
    const exactly = eachOf(MAX_VARIABLES, (i) => `{{.f${i}}}`);
    expect(paths(exactly)).toHaveLength(MAX_VARIABLES);
    expect(paths(`${exactly}{{.a}}`)).toEqual(paths(exactly));
  });

  it('holds paths of 512 characters at most', () => {
    const name = 'n'.repeat(MAX_PATH_LENGTH - 2);
    expect(paths(`{{.${name}.a}}`)).toEqual([`${name}.a`]);
    expect(paths(`{{.${name}.ab}}`)).toEqual([name]);
    expect(paths(`{{.${name}abc}}{{index . "${'k'.repeat(SIZE - 5_000)}"}}`)).toEqual([]);
  });

  it('holds paths of 32 steps at most', () => {
    expect(paths(`{{${'.a'.repeat(33)}}}`)).toEqual([Array(32).fill('a').join('.')]);
  });

  it('names nothing as necessary once the work is spent', () => {
    const looped = (size: number) =>
      variables(
        `{{.a}}${nested(
          '{{range .x}}',
          100,
          filled(() => '{{$.b}}{{$ = .c}}', size),
        )}`,
      );
    const necessary = (size: number) => looped(size).filter(({ optional }) => !optional);
    expect(necessary(1_000).map(({ path }) => path)).toContain('a');
    expect(looped(SIZE - 5_000).map(({ path }) => path)).toContain('a');
    expect(necessary(SIZE - 5_000)).toEqual([]);
  });
});

const HOSTILE: Record<string, string> = {
  'one field': filled(() => '{{.a}}'),
  'many fields': filled((i) => `{{.f${i}}}`),
  'a long chain': `{{${'.a'.repeat(SIZE / 2 - 10)}}}`,
  'many arguments': `{{print ${filled(() => '.a ', SIZE - 100)}}}`,
  'many pipes': `{{.a ${filled(() => '|or .b ', SIZE - 100)}}}`,
  'long variables': `{{$x := .a}}${filled(() => '{{$x = print $x .b}}', SIZE - 100)}{{$x}}`,
  'a variable of many values': `{{$x := .a}}${filled((i) => `{{if .c}}{{$x = .f${i}}}{{end}}`, SIZE - 100)}{{$x.n.m}}`,
  'a variable that walks on': `{{$x := .a}}{{range .xs}}${filled(() => '{{$x = $x.n}}', SIZE - 100)}{{end}}{{$x}}`,
  'variables that hand on': `${eachOf(4_000, (i) => `{{$v${i} := .f${i}}}`)}{{range .xs}}${eachOf(3_999, (i) => `{{$v${i} = $v${i + 1}.z}}`)}{{end}}`,
  'variables that may be declared': `{{$x := .b}}${filled(() => '{{and 1 ($x:=.a)}}', SIZE / 2)}${filled(() => '{{$x = .c}}', SIZE / 2 - 100)}`,
  'many variables through many branches': `${eachOf(4_000, (i) => `{{$v${i} := .}}`)}${nested(
    '{{if .x}}',
    DEEP,
    eachOf(4_000, (i) => `{{$v${i} = .b}}`),
  )}`,
  'many variables through many loops': `${eachOf(4_000, (i) => `{{$v${i} := .}}`)}${nested(
    '{{range .x}}',
    DEEP,
    eachOf(4_000, (i) => `{{$v${i} = .b}}`),
  )}`,
  'deep parentheses': filled(() => `{{${'('.repeat(DEEP)}.a${')'.repeat(DEEP)}}}`),
  'definitions in a row': `${filled((i) => `{{define "d${i}"}}{{.f}}{{template "d${i + 1}" .}}{{end}}`, SIZE - 100)}{{template "d0" .}}`,
  'definitions that double': `${filled((i) => `{{define "d${i}"}}{{template "d${i + 1}" .a}}{{template "d${i + 1}" .b}}{{end}}`, SIZE - 100)}{{template "d0" .}}`,
  'definitions that all call each other': `${eachOf(60, (i) => `{{define "d${i}"}}{{range .x}}${eachOf(60, (j) => `{{template "d${j}" (or .f${j} .)}}`)}{{end}}{{end}}`)}{{template "d0" .}}`,
  'deep definitions in each other': `${eachOf(30, (i) => `{{define "d${i}"}}${nested('{{range .x}}', DEEP, `{{template "d${i + 1}" .}}`)}{{end}}`)}{{template "d0" .}}`,
  'a definition of many calls': `{{define "d"}}${filled((i) => `{{.f${i}}}`, SIZE / 2)}{{end}}${filled((i) => `{{template "d" .g${i}}}`, SIZE / 2 - 100)}`,
};

describe('of a hostile template', () => {
  it.each(Object.entries(HOSTILE))('(%s) the list is found in time, and bounded', (_name, source) => {
    expect(source.length).toBeLessThanOrEqual(SIZE);
    const { body, definitions } = parse(source, {
      name: 't',
      functions: BUILTIN_NAMES,
      limits: DEFAULT_COMPILE_LIMITS,
    });
    const began = process.cpuUsage();
    const list = variablesOf('"t"', body, definitions);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(2_000);
    expect(list.length).toBeLessThanOrEqual(MAX_VARIABLES);
    expect(list.length).toBeGreaterThan(0);
    expect(JSON.stringify(list).length).toBeLessThan(MAX_VARIABLES * (MAX_PATH_LENGTH + 100));
    expect(variablesOf('"t"', body, definitions)).toEqual(list);
  });
});

describe('variables that are read back', () => {
  const decode = (value: unknown) =>
    decodeVariables(value, (path, problem) => {
      throw new Error(`${path}: ${problem}`);
    });
  const one = { path: 'a.b', printed: true, tested: false, ranged: false, compared: false, optional: true };

  it('are as they were', () => {
    const all = variables('{{range .items}}{{.title}}{{end}}{{index .labels "first name"}}');
    expect(decode(JSON.parse(JSON.stringify(all)))).toEqual(all);
    expect(decode([])).toEqual([]);
    expect(decode(Array(MAX_VARIABLES).fill(one))).toHaveLength(MAX_VARIABLES);
  });

  it.each<[unknown, string]>([
    [undefined, ': must be a list'],
    [{ length: 1, 0: one }, ': must be a list'],
    [Array(MAX_VARIABLES + 1).fill(one), ': must not hold more than 1000 entries'],
    [[one, null], '[1]: must be an object'],
    [[[one]], '[0]: must be an object'],
    [Array(1), '[0]: must be an object'],
    [['a'], '[0]: must be an object'],
    [[{ ...one, path: 5 }], '[0].path: must be a string'],
    [[{ ...one, path: 'p'.repeat(MAX_PATH_LENGTH + 1) }], '[0].path: must not be longer than 512'],
    [[{ ...one, printed: 1 }], '[0].printed: must be a boolean'],
    [[{ path: 'a' }], '[0].printed: must be a boolean'],
    [[{ ...one, optional: 'false' }], '[0].optional: must be a boolean'],
    [[{ ...one, more: 1 }], '[0].more: is not known'],
    [[JSON.parse('{"__proto__": {"path": "a"}}')], '[0].__proto__: is not known'],
    [[Object.create(one)], '[0].path: must be a string'],
  ])('are refused when they are none (%#)', (value, words) => {
    expect(() => decode(value)).toThrow(new Error(words));
  });
});
