/**
 * Programs that no compiling made. Whatever `load` is given, it refuses as an InvalidProgramError, or it
 * gives a template that renders within the limits: no crash, no hang, no other error.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { compile, InvalidProgramError, LimitExceededError, load, TemplateExecutionError } from '#index.js';
import { Prototypes } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

/** Every kind of node, in every place that it can have. */
const SOURCE = `Hi {{.user.name | printf "%-8s"}}! {{- /* nothing */ -}}
{{- $n := len .items}}{{$ := .}}{{if and (gt $n 1) .t (or nil ($m := 1))}}{{range $i, $e := .items}}{{if eq $i 2}}{{break}}{{end}}
{{$i}}: {{(index $.items $i).id}}{{continue}}{{else}}none{{end}}{{else if not nil}}{{.}}{{else}}{{$n = 7}}{{end}}
{{with $.user}}{{.name}}{{$n = 0x10}}{{else with .t}}{{print 'x' 1.5 true 1i "\\xff" \`raw\`}}{{else}}{{html "<"}}{{end}}
{{template "row" .items}}{{block "foot" .}}{{.t}}{{if not .t}}{{template "none"}}{{end}}{{block "deep" .user}}{{.name}}{{end}}{{end}}
{{- define "row"}}{{range $x := .}}<{{$x.id}}>{{range 2}}{{.}}{{end}}{{end}}{{end}}
{{- define "self"}}{{if .}}{{template "self" (slice . 1)}}{{end}}{{end}}{{template "self" .user.name}}
{{- define "empty"}}{{end}}{{template "empty"}}{{((.user)).name}}{{(js .user.name | urlquery | println).x}}`;
const data = { user: { name: 'Ada' }, items: [{ id: 1 }, { id: 'two' }], t: true };
const original = compile(SOURCE, { name: 't' });

type Container = Record<string, unknown>;

const copyOf = (program: unknown): unknown => JSON.parse(JSON.stringify(program));

function placesOf(value: unknown, places: [container: Container, key: string][] = []): [Container, string][] {
  if (typeof value !== 'object' || value === null) return places;
  for (const key of Object.keys(value)) {
    places.push([value as Container, key]);
    placesOf((value as Container)[key], places);
  }
  return places;
}

type Outcome = 'refused' | 'rendered' | 'failed' | 'limited';

/** @returns what became of the program; anything but these is an error of the test */
function outcomeOf(program: unknown): Outcome {
  let template: ReturnType<typeof load>;
  try {
    template = load(program);
  } catch (error) {
    if (error instanceof InvalidProgramError && error.path.startsWith('$')) return 'refused';
    throw error;
  }
  try {
    expect(typeof template.render(data, { limits: { steps: 10_000 } })).toBe('string');
    return 'rendered';
  } catch (error) {
    if (error instanceof LimitExceededError) return 'limited';
    if (error instanceof TemplateExecutionError) return 'failed';
    throw error;
  }
}

describe('a damaged program', () => {
  type Damage = (place: [Container, string], other: [Container, string]) => void;

  const anything = fc.oneof(
    fc.integer({ min: -1, max: 31 }),
    fc.constantFrom(
      '',
      'x',
      '$',
      '$n',
      '$.',
      'print',
      '"s"',
      '"row"',
      '"t"',
      '`',
      '1',
      '1i',
      "'x'",
      '__proto__',
      'constructor',
      '{{',
      '%d',
      null,
      2 ** 53,
      1e308,
      -0,
    ),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const DAMAGES: Record<string, fc.Arbitrary<Damage>> = {
    flipped: anything.map(
      (value): Damage =>
        ([container, key]) => {
          container[key] = value;
        },
    ),
    dropped: fc.constant(([container, key]) => {
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
    }),
    duplicated: fc.constant(([container, key]) => {
      if (Array.isArray(container)) container.splice(Number(key), 0, copyOf(container[key] ?? null));
      else container[`${key}2`] = container[key];
    }),
    'put in place of another': fc.constant(([container, key], [from, name]) => {
      container[key] = copyOf(from[name] ?? null);
    }),
    swapped: fc.constant(([container, key], [from, name]) => {
      const value = copyOf(container[key] ?? null);
      container[key] = copyOf(from[name] ?? null);
      from[name] = value;
    }),
    'put among others': fc.constant(([container, key], [from, name]) => {
      if (Array.isArray(from)) from.splice(Number(name), 0, copyOf(container[key] ?? null));
    }),
    emptied: fc.constant(([container, key]) => {
      container[key] = Array.isArray(container[key]) ? [] : '';
    }),
    'put in the list of another kind of node': fc.nat({ max: 31 }).map(
      (op): Damage =>
        ([container, key]) => {
          const node = container[key];
          if (Array.isArray(node)) node[0] = op;
        },
    ),
  };

  it.each(Object.keys(DAMAGES))('in which nodes are %s is refused, or renders within the limits', (name) => {
    const damage = DAMAGES[name] ?? fc.constant(() => {});
    const outcomes: Record<Outcome, number> = { refused: 0, rendered: 0, failed: 0, limited: 0 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(), damage), { minLength: 1, maxLength: 3 }),
        (damages) => {
          const program = copyOf(original);
          for (const [where, elsewhere, apply] of damages) {
            const places = placesOf(program);
            const place = places[where % places.length];
            const other = places[elsewhere % places.length];
            if (place !== undefined && other !== undefined) apply(place, other);
          }
          outcomes[outcomeOf(program)]++;
        },
      ),
      { numRuns: 600 },
    );
    expect(outcomes.refused).toBeGreaterThan(10);
  });

  // Among the same: statements for statements, operands for operands. Most of these are programs.
  it('in which whole statements change places, between templates too, is safe to run', () => {
    const isStatement = (value: unknown): value is unknown[] =>
      Array.isArray(value) && Array.isArray(value[1]) && typeof value[0] === 'number' && value[0] < 10;
    const outcomes: Record<Outcome, number> = { refused: 0, rendered: 0, failed: 0, limited: 0 };
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 }), (moves) => {
        const program = copyOf(original);
        for (const [from, to] of moves) {
          const places = placesOf(program).filter(([container, key]) => isStatement(container[key]));
          const [source, sourceKey] = places[from % places.length] ?? [{}, ''];
          const [target, targetKey] = places[to % places.length] ?? [{}, ''];
          target[targetKey] = copyOf(source[sourceKey]);
        }
        outcomes[outcomeOf(program)]++;
      }),
      { numRuns: 800 },
    );
    expect(Math.min(outcomes.refused, outcomes.rendered + outcomes.failed)).toBeGreaterThan(10);
  });
});

const AT = [1, 0, 0, 0];
const DOT = [14, AT];
const pipeline = (...operands: unknown[]): unknown[] => [19, AT, [], false, [[30, AT, operands]]];
const programOf = (body: unknown, definitions: unknown = []): unknown => ({
  format: 2,
  name: 't',
  body,
  definitions,
  variables: [],
});

describe('what is no tree of JSON', () => {
  it('is refused when it holds itself', () => {
    const list: unknown[] = [];
    list.push([2, AT, pipeline(DOT), list, null], [2, AT, pipeline(DOT), list, list]);
    expect(outcomeOf(programOf(list))).toBe('refused');
    const parentheses: unknown[] = [19, AT, [], false, []];
    parentheses[4] = [[30, AT, [parentheses, parentheses]]];
    expect(outcomeOf(programOf([[1, AT, parentheses]]))).toBe('refused');
    const chain: unknown[] = [12, AT, null, ['a']];
    chain[2] = chain;
    expect(outcomeOf(programOf([[1, AT, pipeline(chain)]]))).toBe('refused');
    const program = programOf([]) as Container;
    for (const key of Object.keys(program)) expect(outcomeOf({ ...program, [key]: program })).toBe('refused');
    const body: unknown[] = [];
    body.push(body);
    expect(outcomeOf(programOf(body))).toBe('refused');
    expect(outcomeOf(programOf([], [['"a"', body]]))).toBe('refused');
  });

  it('is refused when parts are shared so that they are many', () => {
    let list: unknown[] = [[0, AT, 'x']];
    for (let i = 0; i < 190; i++) list = [[2, AT, pipeline(DOT), list, list]];
    expect(() => load(programOf(list))).toThrow('is more than a template of any source can be');
    const names = new Array<string>(100_000).fill('a');
    const fields = new Array<unknown>(1_000).fill([10, AT, names]);
    expect(() => load(programOf([[1, AT, pipeline(...fields)]]))).toThrow('is more than a template');
    const text = [0, AT, 'x'.repeat(1_000_000)];
    expect(() => load(programOf([text, text, text, text, text]))).toThrow('is more than a template');
  });

  it.each<[string, (depth: number) => unknown]>([
    [
      'parentheses',
      (depth) => [
        [1, AT, Array.from({ length: depth }).reduce<unknown[]>((inner) => pipeline(inner), pipeline(DOT))],
      ],
    ],
    [
      'chains',
      (depth) => [
        [
          1,
          AT,
          pipeline(
            Array.from({ length: depth }).reduce<unknown[]>(
              (inner) => [12, AT, inner, ['a']],
              [13, AT, 'print'],
            ),
          ),
        ],
      ],
    ],
    [
      'branches',
      (depth) =>
        Array.from({ length: depth }).reduce<unknown[]>((inner) => [[2, AT, pipeline(DOT), inner, null]], []),
    ],
    [
      'else branches',
      (depth) =>
        Array.from({ length: depth }).reduce<unknown[]>((inner) => [[4, AT, pipeline(DOT), [], inner]], []),
    ],
    ['lists', (depth) => Array.from({ length: depth }).reduce<unknown[]>((inner) => [inner], [])],
  ])('is refused when %s nest 100,000 deep', (_, nest) => {
    expect(outcomeOf(programOf(nest(100_000)))).toBe('refused');
    expect(outcomeOf(programOf([], [['"a"', nest(100_000)]]))).toBe('refused');
    expect(outcomeOf(programOf([], nest(100_000)))).toBe('refused');
  });

  it('is refused with holes, and when lists are longer than any template', () => {
    const hole = (length: number): unknown[] => new Array<unknown>(length);
    for (const length of [1, 4, 100, 2 ** 32 - 1]) {
      expect(outcomeOf(programOf(hole(length)))).toBe('refused');
      expect(outcomeOf(programOf([hole(length)]))).toBe('refused');
      expect(outcomeOf(programOf([[0, hole(length), 'x']]))).toBe('refused');
      expect(outcomeOf(programOf([[1, AT, [19, AT, hole(length), false, []]]]))).toBe('refused');
      expect(outcomeOf(programOf([[1, AT, pipeline(...hole(length % 1_000))]]))).toBe('refused');
      expect(outcomeOf(programOf([[1, AT, pipeline([10, AT, hole(length)])]]))).toBe('refused');
      expect(outcomeOf(programOf([], hole(length)))).toBe('refused');
      expect(outcomeOf({ ...(programOf([]) as object), variables: hole(length) })).toBe('refused');
    }
    const inherited = Object.setPrototypeOf(hole(1), [[0, AT, 'x']]) as unknown;
    expect(['refused', 'rendered']).toContain(outcomeOf(programOf(inherited)));
    expect(outcomeOf(programOf(new Array(3_000_000).fill([0, AT, 'x'])))).toBe('refused');
    expect(outcomeOf(programOf({ length: 1, 0: [0, AT, 'x'] }))).toBe('refused');
  });

  it('is read once where it has getters, so that it cannot turn into something else', () => {
    let reads = 0;
    const turning = (first: unknown, later: unknown): PropertyDescriptor => ({
      enumerable: true,
      get: () => (reads++ === 0 ? first : later),
    });
    const position = Object.defineProperty([1, 0, 0, 0], 0, turning(1, { toString: () => 'x' }));
    expect(() => load(programOf([[1, position, pipeline([10, position, ['a']])]]))).toThrow(
      InvalidProgramError,
    );
    const cases: [unknown, unknown][] = [
      ['print', 'constructor'],
      [['a'], ['a.b']],
      ['$', 'x'],
      [false, {}],
      ['1', 'x'],
      [pipeline(DOT), 5],
    ];
    const nodes: ((operand: unknown[]) => unknown)[] = [(n) => pipeline(n), (n) => n];
    for (const [first, later] of cases) {
      for (const op of [0, 1, 10, 11, 13, 16, 17, 18, 19]) {
        for (const around of nodes) {
          reads = 0;
          const node = Object.defineProperty([op, AT, 0, []], 2, turning(first, later)) as unknown[];
          outcomeOf(programOf([[1, AT, around(node)], node]));
        }
      }
    }
  });

  it('passes an error of a getter on as it is', () => {
    const broken = new Error('the host’s own');
    const program = Object.defineProperty(programOf([]) as object, 'body', {
      enumerable: true,
      get: () => {
        throw broken;
      },
    });
    expect(() => load(program)).toThrow(broken);
  });
});

describe('templates of a program', () => {
  const call = (name: string): unknown => [7, AT, JSON.stringify(name), null];

  it('that call each other in circles end at the limit of depth', () => {
    const circle = ['a', 'b', 'c', 'd'].map((name, i, all) => [
      JSON.stringify(name),
      [call(all[(i + 1) % all.length] ?? '')],
    ]);
    const template = load(programOf([call('a')], circle));
    expect(() => template.render({})).toThrow('exceeded maximum template depth (100000)');
    expect(() => template.render({}, { limits: { templateDepth: 3 } })).toThrow(
      'exceeded maximum template depth (3)',
    );
  });

  it('that have the name of the root are hidden by it', () => {
    const template = load(programOf([[0, AT, 'root ']], [['"t"', [[0, AT, 'defined ']]]]));
    expect(template.render({})).toBe('root ');
    const recursive = load(programOf([[0, AT, 'x'], call('t')], [['"t"', [[0, AT, 'y']]]]));
    expect(() => recursive.render({}, { limits: { templateDepth: 5 } })).toThrow(
      'exceeded maximum template depth (5)',
    );
  });

  it('that are defined twice, or under a name that is not as Go quotes it, are refused', () => {
    for (const name of ['a', '"a', '`a`', '"\\x61"', '"\\u00e9"', "'a'", '', '""a""', '"a\n"', '"\ud800"']) {
      expect(outcomeOf(programOf([], [[name, []]]))).toBe('refused');
      expect(outcomeOf(programOf([[7, AT, name, null]]))).toBe('refused');
    }
    expect(
      outcomeOf(
        programOf(
          [],
          [
            ['"a"', []],
            ['"b"', []],
            ['"a"', []],
          ],
        ),
      ),
    ).toBe('refused');
    expect(outcomeOf(programOf([call('')], [['""', [[0, AT, 'x']]]]))).toBe('rendered');
    expect(outcomeOf(programOf([call('gone')]))).toBe('failed');
  });

  it('may be many, and are found whatever they are called', () => {
    const names = [
      '__proto__',
      'constructor',
      'toString',
      ...Array.from({ length: 20_000 }, (_, i) => `n${i}`),
    ];
    const definitions = names.map((name) => [JSON.stringify(name), [[0, AT, `${name} `]]]);
    const shown = ['n19999', '__proto__', 'constructor', 'toString'];
    expect(load(programOf(shown.map(call), definitions)).render({})).toBe(`${shown.join(' ')} `);
  });
});
