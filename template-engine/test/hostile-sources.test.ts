import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  compile,
  DEFAULT_COMPILE_LIMITS,
  LimitExceededError,
  load,
  TemplateError,
  TemplateSyntaxError,
} from '#index.js';
import { SOURCES } from './hostile-cases.js';
import { inTime } from './in-time.js';
import { Prototypes } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

describe('no source within the limits takes long to compile, to load or to render', () => {
  it.each(Object.keys(SOURCES))('%s', (what) => {
    const source = SOURCES[what] ?? '';
    expect(Buffer.byteLength(source)).toBeLessThanOrEqual(DEFAULT_COMPILE_LIMITS.sourceBytes);
    try {
      const program = inTime(() => compile(source, { name: 't' }));
      const template = inTime(() => load(program));
      inTime(() => template.render({ a: 'x' }));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
    }
  });
});

describe('no mixture of pieces takes much longer than its length says', () => {
  const SIZE = 48 * 1024;
  const STEPS = 100_000;
  /** In milliseconds; most of it goes to code that has not run yet. */
  const TIME = 500;
  const PIECES = [
    '{{',
    '}}',
    '{{.a}}',
    '{{$x}}',
    '{{$x := .a}}',
    '{{$x = print $x .a}}',
    '{{if .a}}',
    '{{else}}',
    '{{else if .b}}',
    '{{end}}',
    '{{range .l}}',
    '{{range $i, $e := .m}}',
    '{{with .a}}',
    '{{break}}',
    '{{define "d"}}',
    '{{block "d" .}}',
    '{{template "d" .}}',
    '{{template "d" .l}}',
    '{{/*',
    '*/}}',
    '{{- ',
    ' -}}',
    '(',
    ')',
    ' (and 0 ($x := 1))',
    ' | print',
    ' .a',
    ' "s"',
    ' 1',
    '1',
    '_',
    '"',
    '`',
    "'",
    '\\',
    '\n',
    ' ',
    '.',
    '$',
    '%v',
    '%[1]*d',
    '{{printf "',
    '" .l}}',
    '{{html .a}}',
    '{{index .m "k1"}}',
    '{{slice .a 1}}',
    '{{eq .a .b}}',
    '日',
    '\ud800',
  ];
  const data = {
    a: 'é<'.repeat(2_000),
    b: 'é<'.repeat(2_000),
    l: new Array<string>(500).fill('x'),
    m: { k1: 1, k2: [1.5e-300] },
  };
  const run = fc.tuple(
    fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 3 }),
    fc.integer({ min: 1, max: 20_000 }),
  );

  it('when it is compiled, loaded and rendered', () => {
    const outcomes = { refused: 0, limited: 0, failed: 0, rendered: 0 };
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 4 }), (runs) => {
        const mixed = runs.map(([pieces, times]) => {
          const piece = pieces.join('');
          return piece.repeat(Math.min(times, Math.floor(SIZE / runs.length / piece.length)));
        });
        try {
          const source = `{{$x := 0}}${mixed.join('')}`;
          const program = inTime(() => compile(source, { name: 't' }), TIME);
          const template = inTime(() => load(program), TIME);
          inTime(() => template.render(data, { limits: { steps: STEPS } }), TIME);
          outcomes.rendered++;
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
          if (error instanceof TemplateSyntaxError) outcomes.refused++;
          else if (error instanceof LimitExceededError) outcomes.limited++;
          else outcomes.failed++;
        }
      }),
      { numRuns: 300 },
    );
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(0);
  });
});
