import { describe, expect, it } from 'vitest';
import { compile } from '#compile.js';
import {
  LimitExceededError,
  SourceLimitError,
  TemplateExecutionError,
  TemplateSyntaxError,
} from '#errors.js';
import type { JsonObject, JsonValue } from '#json.js';
import type { CompileLimits, RenderLimits } from '#limits.js';
import { load } from '#template.js';

function render(source: string, limits: Partial<RenderLimits>, data: JsonObject = {}): string {
  return load(compile(source, { name: 't' })).render(data, { limits });
}

function exceeded(run: () => unknown): LimitExceededError | SourceLimitError {
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

describe('rendering stops at each limit', () => {
  const cases: [keyof RenderLimits, string, JsonObject, used: number][] = [
    ['steps', '{{range 10}}{{.}}{{end}}', {}, 32],
    ['steps', '{{range .list}}{{end}}', { list: [1, 2, 3] }, 5],
    ['steps', '{{range .o}}{{end}}', { o: { a: 1, b: 2 } }, 6],
    ['steps', '{{if .o}}{{end}}', { o: { a: 1, b: 2 } }, 4],
    ['steps', '{{if len .s}}{{end}}', { s: 'x'.repeat(32) }, 5],
    ['outputBytes', 'abcde', {}, 5],
    ['outputBytes', '{{.a}}é', { a: '🎉' }, 6],
    ['outputBytes', '{{range 5}}ab{{end}}', {}, 10],
    ['outputBytes', '{{if print "abcde" "fgh"}}{{end}}', {}, 8],
    ['valueDepth', '{{.v}}', { v: nested(7) }, 7],
    ['printfWidth', '{{printf "%9d" 1}}', {}, 9],
    ['printfWidth', '{{printf "%*d" -9 1}}', {}, 9],
    ['printfPrecision', '{{printf "%.9f" 1.0}}', {}, 9],
    ['printfPrecision', '{{printf "%.*f" 9 1.0}}', {}, 9],
  ];

  it.each(cases)('%s: %j', (limit, source, data, used) => {
    expect(render(source, { [limit]: used + 1 }, data)).toBe(render(source, {}, data));
    expect(render(source, { [limit]: used }, data)).toBe(render(source, {}, data));
    const error = exceeded(() => render(source, { [limit]: used - 1 }, data));
    expect(error).toBeInstanceOf(TemplateExecutionError);
    expect(error.limit).toBe(limit);
    expect(error.maximum).toBe(used - 1);
    expect(error.message).toContain(`rendering exceeds the limit of ${used - 1} on ${limit}`);
    expect(error.message).toMatch(/^template: t:1:\d+: executing "t" at </);
  });
});

describe('compiling stops at each limit', () => {
  const cases: [keyof CompileLimits, string, used: number][] = [
    ['sourceBytes', 'é🎉a', 7],
    ['nesting', '{{((1))}}', 2],
    ['nesting', '{{if 1}}{{range 1}}{{with (1)}}{{end}}{{end}}{{end}}', 4],
    ['nesting', '{{if 1}}{{else if 2}}{{else if 3}}{{end}}', 3],
  ];

  it.each(cases)('%s: %j', (limit, source, used) => {
    compile(source, { name: 't', limits: { [limit]: used + 1 } });
    compile(source, { name: 't', limits: { [limit]: used } });
    const error = exceeded(() => compile(source, { name: 't', limits: { [limit]: used - 1 } }));
    expect(error).toBeInstanceOf(TemplateSyntaxError);
    expect(error.limit).toBe(limit);
    expect(error.maximum).toBe(used - 1);
    expect(error.message).toMatch(/^template: t:1: .* exceeds the limit of \d/);
  });
});

describe('within the default limits nothing takes long', () => {
  const MAX_SOURCE = 256 * 1024;
  const fill = (piece: string): string => piece.repeat(Math.floor(MAX_SOURCE / piece.length));

  const sources: Record<string, string> = {
    parentheses: fill('{{('),
    'parentheses in one action': `{{${fill('(').slice(10)}}}`,
    branches: fill('{{if 1}}'),
    chains: `{{.a${fill('.a').slice(10)}}}`,
    arguments: `{{print${fill(' 1').slice(20)}}}`,
    pipes: `{{1${fill('|print').slice(18)}}}`,
    space: `{{${fill(' ').slice(10)}}}`,
    'open comments': fill('{{/*'),
    'trimmed space': fill(' \n{{- 1 -}}\n '),
    declarations: fill('{{$x := 1}}'),
    'characters of many bytes': `${fill('é').slice(0, MAX_SOURCE / 2 - 9)}{{.a}}`,
    'a number': `{{${'1'.repeat(MAX_SOURCE - 10)}}}`,
    'an underscored number': `{{${fill('1_').slice(10)}1x}}`,
    quotes: fill('"'),
    escapes: `{{"${fill('\\x41').slice(20)}"}}`,
  };

  it.each(Object.keys(sources))('%s', (what) => {
    const source = sources[what] ?? '';
    const start = performance.now();
    try {
      load(compile(source, { name: 't' })).render({ a: 'x' });
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      expect(String(error)).toMatch(/^Template|^SourceLimit|^LimitExceeded/);
    }
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  const long = 'x'.repeat(1_000_000);
  const almostLong = `${long.slice(1)}y`;
  const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, i]));
  const hostile: [what: string, source: string, data: () => JsonObject][] = [
    ['empty turns', '{{range 1000000000}}{{end}}', () => ({})],
    ['lengths', '{{range 1000000000}}{{len $.a}}{{end}}', () => ({ a: long })],
    [
      'equality of long texts',
      '{{range 1000000000}}{{if eq $.a $.b}}{{end}}{{end}}',
      () => ({ a: long, b: almostLong }),
    ],
    [
      'order of long texts',
      '{{range 1000000000}}{{if lt $.a $.b}}{{end}}{{end}}',
      () => ({ a: long, b: almostLong }),
    ],
    ['printing unseen', '{{range 1000000000}}{{if print $.a}}{{end}}{{end}}', () => ({ a: nested(500) })],
    ['cutting', '{{range 1000000000}}{{if printf "%.1s" $.a}}{{end}}{{end}}', () => ({ a: long })],
    ['indexing', '{{range 1000000000}}{{if index $.a 999999}}{{end}}{{end}}', () => ({ a: long })],
    ['sorting keys', '{{range 1000000000}}{{range $.o}}{{break}}{{end}}{{end}}', () => ({ o: wide })],
    ['counting keys', '{{range 1000000000}}{{if $.o}}{{end}}{{end}}', () => ({ o: wide })],
    ['doubling', '{{$x := "aa"}}{{range 1000}}{{$x = print $x $x}}{{end}}', () => ({})],
    ['padding', '{{range 1000000000}}{{printf "%10000d" 1}}{{end}}', () => ({})],
    [
      'padding of every element',
      '{{printf "%10000v" .l}}',
      () => ({ l: new Array<number>(100_000).fill(1) }),
    ],
    ['long decimals', '{{range 1000000000}}{{if printf "%.10000f" 0.1}}{{end}}{{end}}', () => ({})],
    ['deep data', '{{.v}}', () => ({ v: nested(50_000) })],
    ['many copies', '{{.a}}'.repeat(20_000), () => ({ a: long })],
    ['nested loops', '{{range 1000000}}{{range 1000000}}{{range 1000000}}x{{end}}{{end}}{{end}}', () => ({})],
  ];

  it.each(hostile.map(([what]) => what))('%s', (wanted) => {
    const [, source, data] = hostile.find(([what]) => what === wanted) ?? ['', '', () => ({})];
    const template = load(compile(source, { name: 't' }));
    const variables = data();
    const start = performance.now();
    expect(exceeded(() => template.render(variables))).toBeInstanceOf(LimitExceededError);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
