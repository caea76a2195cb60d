import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import * as engine from '#index.js';
import { Prototypes, protects } from './mutant.js';

const { compile, load } = engine;
const { LimitExceededError, SourceLimitError, TemplateExecutionError, TemplateSyntaxError } = engine;
const COMPILE = engine.DEFAULT_COMPILE_LIMITS;
const RENDER = engine.DEFAULT_RENDER_LIMITS;

type RenderLimits = engine.RenderLimits;
type CompileLimits = engine.CompileLimits;
type JsonObject = engine.JsonObject;
type JsonValue = engine.JsonValue;
type Exceeded = engine.LimitExceededError | engine.SourceLimitError;

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

function render(source: string, limits: Partial<RenderLimits> = {}, data: JsonObject = {}): string {
  return load(compile(source, { name: 't' })).render(data, { limits, missing: 'default' });
}

function exceeded(run: () => unknown): Exceeded {
  try {
    run();
  } catch (error) {
    if (error instanceof LimitExceededError || error instanceof SourceLimitError) return error;
    throw error;
  }
  throw new Error('no limit was exceeded');
}

function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** Holds at the value used and above, and fails below. @param data that use so much of the limit */
function expectExactly(limit: keyof RenderLimits, source: string, data: JsonObject, used: number): Exceeded {
  expect(render(source, { [limit]: used + 1 }, data)).toBe(render(source, {}, data));
  expect(render(source, { [limit]: used }, data)).toBe(render(source, {}, data));
  const error = exceeded(() => render(source, { [limit]: used - 1 }, data));
  expect(error).toBeInstanceOf(TemplateExecutionError);
  expect([error.limit, error.maximum]).toEqual([limit, used - 1]);
  expect(error.message).toMatch(/^template: t:1:\d+: executing "\w" at </);
  const { line, column, offset, length } = error.position;
  expect([line, error.message.split(':')[3]]).toEqual([1, ` ${column}`.trim()]);
  expect(offset + length).toBeLessThanOrEqual(source.length);
  return error;
}

describe('rendering stops at each limit', () => {
  it.each<[keyof RenderLimits, string, JsonObject, used: number]>([
    ['steps', '{{range 10}}{{.}}{{end}}', {}, 32],
    ['steps', '{{range .list}}{{end}}', { list: [1, 2, 3] }, 5],
    ['steps', '{{if .o}}{{end}}', { o: { a: 1, b: 2 } }, 4],
    ['steps', '{{if len .s}}{{end}}', { s: 'x'.repeat(32) }, 5],
    ['steps', '{{define "a"}}{{.}}{{end}}{{template "a" 1}}', {}, 4],
    ['outputBytes', 'abcde', {}, 5],
    ['outputBytes', '{{.a}}é', { a: '🎉' }, 6],
    ['outputBytes', '{{range 5}}ab{{end}}', {}, 10],
    ['outputBytes', '{{range .l}}{{.}}{{end}}', { l: ['é', '日', '🎉', '\u2028'] }, 12],
    ['outputBytes', '{{define "a"}}é{{end}}{{template "a"}}{{template "a"}}', {}, 4],
    ['outputBytes', '{{.a}}', { a: '\ud83d' }, 3],
    ['outputBytes', '{{"a\\xff"}}{{"b"}}', {}, 5],
    ['valueDepth', '{{.v}}', { v: nested(7) }, 7],
    ['valueDepth', '{{$x := print .v}}', { v: nested(7) }, 7],
    ['valueDepth', '{{printf "%#v" .v}}', { v: { a: { b: [1] } } }, 3],
    ['templateDepth', '{{define "a"}}{{template "b"}}{{end}}{{define "b"}}{{end}}{{template "a"}}', {}, 2],
    [
      'templateDepth',
      '{{block "a" 1}}{{block "b" 2}}{{range 3}}{{block "c" .}}{{end}}{{end}}{{end}}{{end}}',
      {},
      3,
    ],
    ['printfWidth', '{{printf "%9d" 1}}', {}, 9],
    ['printfWidth', '{{printf "%*d" -9 1}}', {}, 9],
    ['printfWidth', '{{$x := printf "%9s" "é"}}', {}, 9],
    ['printfWidth', '{{printf "%9.1f" 1i}}', {}, 9],
    ['printfWidth', '{{printf "%9q" "\\xff"}}', {}, 9],
    ['printfPrecision', '{{printf "%.9f" 1.0}}', {}, 9],
    ['printfPrecision', '{{printf "%.*f" 9 1.0}}', {}, 9],
    ['printfPrecision', '{{if printf "%.9s" "日本"}}{{end}}', {}, 9],
  ])('%s: %j', (limit, source, data, used) => {
    const error = expectExactly(limit, source, data, used);
    expect(error.message).toContain(
      limit === 'templateDepth'
        ? `exceeded maximum template depth (${used - 1})`
        : `rendering exceeds the limit of ${used - 1} on ${limit}`,
    );
  });

  const data = {
    s: 'x'.repeat(100),
    e: 'é'.repeat(100),
    h: '<'.repeat(25),
    l: ['é', 'b'],
    o: { k: 'é', n: 1.5 },
    n: null,
  };
  const TEXTS: [expression: string, length: number][] = [
    ['print .s', 100],
    ['print .e', 100],
    ['print .s 1 2i', 108],
    ['print .l', 5],
    ['print .o', 14],
    ['println .s', 101],
    ['println .l .o', 21],
    ['printf "%s" .s', 100],
    ['printf "%s%%%s" .s .e', 201],
    ['printf "%q" .e', 102],
    ['printf "%x" .s', 200],
    ['printf "% #x" .e', 200 * 5 - 1],
    ['printf "%#v" .l', 24],
    ['printf "%#v" .o', 41],
    ['printf "%d" .s', 100 + 12],
    ['printf "%.50f" 1i', 108],
    ['printf "%50d" 7', 50],
    ['printf .s', 100],
    ['printf "" .s', 100 + 17],
    ['html .h', 100],
    ['html .e .h', 200],
    ['js .h', 150],
    ['urlquery .h', 75],
    ['urlquery .e', 600],
    ['print "\\xff\\xfe" .s', 102],
    ['html "\\xff<"', 5],
    ['printf "%q" "\\xff"', 6],
  ];
  const UNSEEN = [
    '{{$x := EXPRESSION}}',
    '{{if EXPRESSION}}{{end}}',
    '{{if eq (EXPRESSION) "x"}}{{end}}',
    '{{with EXPRESSION | len}}{{end}}',
    '{{template "n" EXPRESSION}}{{define "n"}}{{end}}',
    '{{with $}}{{$x := (and 1 (EXPRESSION))}}{{end}}',
    '{{if slice (EXPRESSION) 1}}{{end}}',
  ];

  it.each(TEXTS)('also for text that nobody sees: %s', (expression, length) => {
    for (const use of UNSEEN)
      expectExactly(
        'outputBytes',
        use.replace('EXPRESSION', () => expression),
        data,
        length,
      );
  });
});

describe('the limits that hold unless others are given', () => {
  it('1,048,576 bytes of output, whatever the characters', () => {
    const kib = (text: string) => `{{range 1024}}${text}{{end}}`;
    for (const [full, bytes] of [
      ['x'.repeat(1024), 1024],
      ['é'.repeat(512), 1024],
      ['🎉'.repeat(256), 1024],
    ] as const) {
      expect(Buffer.byteLength(render(kib(full)))).toBe(1024 * bytes);
      expect(exceeded(() => render(`${kib(full)}x`)).limit).toBe('outputBytes');
    }
    const stray = '{{"\\xff"}}'.repeat(1_023);
    expect(
      Buffer.byteLength(render(`{{range 341}}${stray}{{end}}{{"\\xff"}}{{range 31}}{{.}}{{end}}`)),
    ).toBeLessThan(RENDER.outputBytes);
    expect(exceeded(() => render(`{{range 342}}${stray}{{end}}`)).limit).toBe('outputBytes');
    const data = { a: 'x'.repeat(RENDER.outputBytes) };
    expect(render('{{.a}}', {}, data) === data.a).toBe(true);
    expect(exceeded(() => render('{{.a}}{{.b}}', {}, { ...data, b: 'x' })).limit).toBe('outputBytes');
    for (const source of ['{{$x := print .a}}{{$y := print .a ""}}', '{{if html .a}}{{end}}'])
      render(source, {}, data);
    for (const source of [
      '{{$x := print .a "x"}}',
      '{{if html .a "x"}}{{end}}',
      '{{if printf "%q" .a}}{{end}}',
    ]) {
      expect(exceeded(() => render(source, {}, data)).limit).toBe('outputBytes');
    }
  });

  it('1,000,000 steps', () => {
    expect(render('{{range 999998}}{{end}}')).toBe('');
    const error = exceeded(() => render('{{range 999999}}{{end}}'));
    expect(error.message).toBe(
      'template: t:1:8: executing "t" at <{{range 999999}}{{end}}>: rendering exceeds the limit of 1000000 on steps',
    );
  });

  it('100,000 templates in each other, in Go’s words', () => {
    const data = (depth: number): JsonObject => {
      let list: JsonObject = { last: true };
      for (let i = 1; i < depth; i++) list = { n: list };
      return list;
    };
    const source = '{{define "a"}}x{{if .n}}{{template "a" .n}}{{end}}{{end}}{{template "a" .}}';
    expect(render(source, {}, data(100_000)) === 'x'.repeat(100_000)).toBe(true);
    expect(exceeded(() => render(source, {}, data(100_001))).message).toBe(
      'template: t:1:35: executing "a" at <{{template "a" .n}}>: exceeded maximum template depth (100000)',
    );
    const mutual =
      '{{define "a"}}{{template "b"}}{{end}}{{define "b"}}{{block "c" 1}}{{template "a"}}{{end}}{{end}}{{template "a"}}';
    expect(exceeded(() => render(mutual)).limit).toBe('templateDepth');
  });

  it('1,000 levels of a printed value, printf’s width and precision of 10,000', () => {
    expect(render('{{.v}}', {}, { v: nested(1_000) })).toHaveLength(2_001);
    expect(exceeded(() => render('{{.v}}', {}, { v: nested(1_001) })).limit).toBe('valueDepth');
    for (const [limit, verb] of [
      ['printfWidth', '%NUMBERd'],
      ['printfPrecision', '%.NUMBERd'],
    ] as const) {
      expect(render(`{{printf "${verb.replace('NUMBER', '10000')}" 1}}`)).toHaveLength(10_000);
      expect(exceeded(() => render(`{{printf "${verb.replace('NUMBER', '10001')}" 1}}`)).limit).toBe(limit);
    }
  });

  it('262,144 bytes of source', () => {
    for (const full of [
      'x'.repeat(COMPILE.sourceBytes),
      'é'.repeat(COMPILE.sourceBytes / 2),
      `{{/*${'🎉'.repeat(65_534)}*/}}`,
    ]) {
      expect(Buffer.byteLength(full)).toBe(COMPILE.sourceBytes);
      compile(full, { name: 't' });
      const error = exceeded(() => compile(`${full}x`, { name: 't' }));
      expect(error).toBeInstanceOf(TemplateSyntaxError);
      expect(error.message).toBe('template: t:1: source exceeds the limit of 262144 bytes');
    }
  });
});

describe('compiling stops at each limit', () => {
  it.each<[keyof CompileLimits, string, used: number]>([
    ['sourceBytes', 'é🎉a', 7],
    ['nesting', '{{((1))}}', 2],
    ['nesting', '{{template "a" ((1))}}', 2],
    ['nesting', '{{if 1}}{{range 1}}{{with (1)}}{{end}}{{end}}{{end}}', 4],
    ['nesting', '{{if 1}}{{else if 2}}{{else if 3}}{{end}}', 3],
    ['nesting', '{{with 1}}{{else with (2)}}{{end}}', 3],
    ['nesting', '{{define "a"}}{{block "b" 1}}{{range 1}}{{else}}{{if (1)}}{{end}}{{end}}{{end}}{{end}}', 5],
  ])('%s: %j', (limit, source, used) => {
    compile(source, { name: 't', limits: { [limit]: used + 1 } });
    compile(source, { name: 't', limits: { [limit]: used } });
    const error = exceeded(() => compile(source, { name: 't', limits: { [limit]: used - 1 } }));
    expect(error).toBeInstanceOf(TemplateSyntaxError);
    expect([error.limit, error.maximum]).toEqual([limit, used - 1]);
    expect(error.message).toMatch(/^template: t:1: .* exceeds the limit of \d/);
    expect(error.position.offset + error.position.length).toBeLessThanOrEqual(source.length);
  });

  // Each holds what is nested in it one level deeper than itself.
  const AROUND: readonly ((inner: string, i: number) => string)[] = [
    (inner) => `{{if 1}}${inner}{{end}}`,
    (inner) => `{{if 0}}{{else}}${inner}{{end}}`,
    (inner) => `{{range 1}}${inner}{{end}}`,
    (inner) => `{{range 0}}{{else}}${inner}{{end}}`,
    (inner) => `{{with 1}}${inner}{{end}}`,
    (inner) => `{{with 0}}{{else}}${inner}{{end}}`,
    (inner, i) => `{{block "b${i}" .}}${inner}{{end}}`,
  ];
  const kinds = fc.array(fc.integer({ min: 0, max: AROUND.length - 1 }), { minLength: 201, maxLength: 201 });
  const mixture = fc.record({
    kinds,
    parentheses: fc.integer({ min: 0, max: 199 }),
    chain: fc.integer({ min: 0, max: 150 }),
    isDefined: fc.boolean(),
  });

  protects(
    'nesting is one count, in whatever mixture: 200 levels compile, load and render, 201 do not',
    engine,
    (tested) => {
      fc.assert(
        fc.property(mixture, ({ kinds, parentheses, chain, isDefined }) => {
          const source = (levels: number): string => {
            const outer = isDefined ? 1 : 0;
            const inside = Math.min(parentheses, levels - outer);
            const chained = Math.min(chain, levels - outer - inside);
            let text = `{{${'('.repeat(inside)}1${')'.repeat(inside)}}}`;
            if (chained > 0) text = `{{if 0}}${'{{else if 0}}'.repeat(chained - 1)}{{else}}${text}{{end}}`;
            const around = kinds.slice(0, levels - outer - inside - chained);
            for (const [i, kind] of around.entries()) text = AROUND[kind]?.(text, i) ?? text;
            text = `{{if (1)}}{{end}}{{print | html}}${text}`;
            return isDefined ? `{{define "d"}}${text}{{end}}{{template "d" .}}` : text;
          };
          const compiled = tested.compile(source(200), { name: 't' });
          expect(tested.load(JSON.parse(JSON.stringify(compiled))).render({})).toBe('1');
          expect(() => tested.compile(source(201), { name: 't' })).toThrow(
            'nesting exceeds the limit of 200',
          );
        }),
        { numRuns: 60 },
      );
    },
    {
      'parentheses that nobody counts': {
        file: 'syntax/pipeline-parser.js',
        find: "this.context.nested(() => this.parse('parenthesized pipeline', 'rightParen'))",
        replace: "this.parse('parenthesized pipeline', 'rightParen')",
      },
      'definitions and blocks that nobody counts': {
        file: 'syntax/parser.js',
        find: 'this.context.nested(() => this.parseList())',
        replace: 'this.parseList()',
      },
      'a count that is not given back': {
        file: 'syntax/parse-context.js',
        find: 'this.nesting--;',
        replace: '',
      },
    },
  );
});

describe('a limit that limits nothing is refused', () => {
  it.each<[limits: Partial<RenderLimits & CompileLimits>, words: string]>([
    [{ steps: Number.NaN }, 'the limit steps must be a number from 0'],
    [{ outputBytes: -1 }, 'the limit outputBytes must be a number from 0'],
    [{ valueDepth: 1_001 }, 'the limit valueDepth must not exceed 1000'],
    [{ nesting: 201 }, 'the limit nesting must not exceed 200'],
    [{ nesting: Number.NaN }, 'the limit nesting must be a number from 0'],
  ])('%j', (limits, words) => {
    const run = (): string => load(compile('x', { name: 't', limits })).render({}, { limits });
    expect(run).toThrow(new RangeError(words));
  });
});

describe('limits that were checked once', () => {
  const template = load(compile('{{range 100}}{{.}}{{end}}', { name: 't' }));

  it('stop a rendering like any others, with the same words', () => {
    for (const given of [{ steps: 50 }, { outputBytes: 10 }, { steps: 50, outputBytes: 10 }]) {
      const checked = exceeded(() => template.render({}, { limits: engine.renderLimits(given) }));
      expect(checked.message).toBe(exceeded(() => template.render({}, { limits: given })).message);
    }
  });

  it('are complete, refuse what rendering refuses, and cannot be changed', () => {
    const limits = engine.renderLimits({ steps: 50 });
    expect({ ...limits }).toEqual({ ...RENDER, steps: 50 });
    expect(() => engine.renderLimits({ steps: Number.NaN })).toThrow(RangeError);
    expect(() => engine.renderLimits({ valueDepth: RENDER.valueDepth + 1 })).toThrow(RangeError);
    expect(() => Object.assign(limits, { steps: Number.NaN })).toThrow(TypeError);
  });

  it('are checked again when they are copied', () => {
    const copy = { ...engine.renderLimits({}), steps: Number.NaN };
    expect(() => template.render({}, { limits: copy })).toThrow(RangeError);
  });
});
