/**
 * What went wrong in other template engines for JavaScript, as tests: text, sizes, programs and options.
 * Each comes with engines that lack the protection, to show that the test would notice.
 */
import { afterAll, describe, expect, it } from 'vitest';
import * as engine from '#index.js';
import { type Engine, Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

type Template = ReturnType<Engine['load']>;
type Data = Parameters<Template['render']>[0];
type Options = Parameters<Template['render']>[1];

function renderWith({ compile, load }: Engine, source: string, data: Data = {}, options?: Options): string {
  return load(compile(source, { name: 't' })).render(data, options);
}

/** @returns the name of the limit that was exceeded, or what else came of it */
function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return error instanceof Error && 'limit' in error
      ? `limit: ${String(error.limit)}`
      : `error: ${String(error)}`;
  }
}

/** @returns milliseconds of processor time, which other processes do not lengthen as they do a clock's */
function timeOf(run: () => unknown): number {
  const began = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

describe('text is text', () => {
  // String.replace with text of the user in place of the pattern's own ($&, $1, $`): Mustache-like
  // engines that fill placeholders so copy parts of the template into the output.
  protects(
    'patterns of replacements mean nothing, in templates, data and functions',
    engine,
    (tested) => {
      const hostile = "$& $1 $$ $` $' $<name> \\$& \\1 %s %%";
      const shown =
        '{{.a}}|{{print .a ""}}|{{printf "%s" .a}}|{{$x := .a}}{{$x}}|{{template "x" .}}{{define "x"}}{{.a}}{{end}}';
      const all = Array<string>(5).fill(hostile).join('|');
      expect(renderWith(tested, `${hostile}{{/* $& */}}|${shown}`, { a: hostile })).toBe(`${hostile}|${all}`);
      expect(renderWith(tested, '{{html .a}} {{js .a}} {{urlquery .a}}', { a: '$&$`' })).toBe(
        '$&amp;$` $\\u0026$` %24%26%24%60',
      );
      expect(renderWith(tested, '{{range $k, $v := .}}{{$k}}={{$v}}{{end}}', { '$&': '$`' })).toBe('$&=$`');
    },
    {
      'print by replacement': {
        file: 'format/print.js',
        find: 'this.text.add(shown);',
        replace: "this.text.add(typeof shown === 'string' ? '{}'.replace('{}', shown) : shown);",
      },
      'escapes by replacement': {
        file: 'builtins/escaping.js',
        find: 'charged(escaped(text), rendering, call)',
        replace: "charged('{}'.replace('{}', escaped(text)), rendering, call)",
      },
    },
  );

  // Output that is rendered again: a template in the data runs (server-side template injection).
  it('delimiters in the data are text, however they get there', () => {
    const data = { a: '{{.secret}}', b: '{{', c: '.secret}}', secret: 'no' };
    expect(renderWith(engine, '{{.a}}{{.b}}{{.c}}{{print .b .c}}', data)).toBe('{{.secret}}'.repeat(3));
    expect(renderWith(engine, '{{define "x"}}{{.}}{{end}}{{template "x" .a}}', data)).toBe('{{.secret}}');
    expect(() => renderWith(engine, '{{printf "{{.a}}"}}{{template "{{.a}}"}}', data)).toThrow('not defined');
  });

  // Characters that look alike, or like nothing: a reviewer reads one name, the engine another; or a
  // line separator ends a string in generated JavaScript (U+2028).
  protects(
    'characters that cannot be seen are no part of names, and change nothing elsewhere',
    engine,
    (tested) => {
      for (const invisible of [
        '\u200b',
        '\u200c',
        '\u200d',
        '\u2060',
        '\ufeff',
        '\u00ad',
        '\u202e',
        '\u2028',
      ]) {
        expect(() => renderWith(tested, `{{.na${invisible}me}}`, { name: 1 })).toThrow('bad character');
        expect(() => renderWith(tested, `{{${invisible}.name}}`, { name: 1 })).toThrow(
          'unrecognized character',
        );
        expect(renderWith(tested, `${invisible}{{.a}}{{"${invisible}"}}`, { a: invisible })).toBe(
          invisible.repeat(3),
        );
        expect(renderWith(tested, `{{index . "a${invisible}"}}`, { a: 1 })).toBe('<no value>');
      }
      const cyrillic = 'n\u0430me';
      expect(() => renderWith(tested, `{{.${cyrillic}}}`, { name: 1 })).toThrow('map has no entry for key');
      expect(renderWith(tested, `{{.${cyrillic}}}{{.name}}`, { name: 1, [cyrillic]: 2 })).toBe('21');
      expect(() => renderWith(tested, '{{.e\u0301}}', { '\u00e9': 1 })).toThrow('bad character');
      expect(renderWith(tested, '\uff5b\uff5b.a\uff5d\uff5d {\u200b{.a}}', { a: 1 })).toBe(
        '\uff5b\uff5b.a\uff5d\uff5d {\u200b{.a}}',
      );
      expect(renderWith(tested, '{{len .a}} {{printf "%q" .a}}', { a: '\ud800' })).toBe('3 "\ufffd"');
    },
    {
      'invisible letters': {
        file: 'syntax/characters.js',
        find: 'return LETTERS_AND_DIGITS.has(point);',
        replace: 'return point === 0x200d || LETTERS_AND_DIGITS.has(point);',
      },
    },
  );
});

describe('nothing grows without bounds', () => {
  // Padding bombs: a width or precision that makes a small template write gigabytes (LiquidJS filters,
  // left-pad style helpers).
  protects(
    'widths and precisions of printf are bounded, however they are given',
    engine,
    (tested) => {
      const limits = { printfWidth: 10, printfPrecision: 10 };
      const by = (verb: string, args = '1') =>
        outcome(() => renderWith(tested, `{{printf ${JSON.stringify(verb)} ${args}}}`, {}, { limits }));
      for (const verb of ['%11d', '%-11d', '%011d', '%+11v', '%11T', '%11q'])
        expect(by(verb)).toBe('limit: printfWidth');
      for (const args of ['11 1', '-11 1']) expect(by('%*d', args)).toBe('limit: printfWidth');
      expect(by('%[2]*[1]d', '1 11')).toBe('limit: printfWidth');
      for (const verb of ['%.11d', '%.11f', '%.11x', '%11.11d', '%.11U'])
        expect(by(verb)).toMatch(/^limit: printf/);
      expect(by('%.*f', '11 1.0')).toBe('limit: printfPrecision');
      expect(by('%10d')).toBe('         1');
      expect(by('%.10d')).toBe('0000000001');
    },
    {
      'widths without a limit': {
        file: 'format/printf.js',
        find: 'if (number !== undefined && number > this.limits.limits[limit])',
        replace: "if (number !== undefined && limit !== 'printfWidth' && number > this.limits.limits[limit])",
      },
      'precisions without a limit': {
        file: 'format/printf.js',
        find: 'if (number !== undefined && number > this.limits.limits[limit])',
        replace:
          "if (number !== undefined && limit !== 'printfPrecision' && number > this.limits.limits[limit])",
      },
    },
  );

  // Strings that double in a loop: 40 turns make a terabyte. Bounded while they are made, not when they
  // are printed, because a template need not print them.
  protects(
    'a variable that doubles stops at the limit of the output',
    engine,
    (tested) => {
      const limits = { outputBytes: 1_000 };
      const grown = (value: string, first: string) => {
        const source = `{{$x := ${first}}}{{range 12}}{{$x = ${value}}}{{end}}{{len $x}}`;
        return outcome(() => renderWith(tested, source, {}, { limits }));
      };
      expect(grown('print $x $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('println $x $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('printf "%s%s" $x $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('printf "%[1]s%[1]s" $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('js $x', '`\\`')).toBe('limit: outputBytes');
      expect(grown('html $x $x', '"<"')).toBe('limit: outputBytes');
      expect(grown('urlquery $x $x', '"%"')).toBe('limit: outputBytes');
      expect(grown('printf "%q" $x', '`\\`')).toBe('limit: outputBytes');
      expect(grown('printf "%x" $x', '"x"')).toBe('limit: outputBytes');
      expect(grown('print $x $x', '"\\xff"')).toBe('limit: outputBytes');
      expect(grown('print 1i $x $x', '"\\xff"')).toBe('limit: outputBytes');
    },
    {
      'functions that nobody measures': {
        file: 'builtins/printing.js',
        find: 'if (size > rendering.limits.outputBytes)',
        replace: 'if (false)',
      },
    },
  );

  // Templates that include themselves: Handlebars partials and Nunjucks blocks overflow the stack, which
  // ends the process or leaves it in any state.
  protects(
    'templates that call themselves end at the depth that is allowed',
    engine,
    (tested) => {
      const limits = { templateDepth: 50, steps: 10_000 };
      for (const source of [
        '{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}',
        '{{define "a"}}{{template "b"}}{{end}}{{define "b"}}{{template "a"}}{{end}}{{template "a"}}',
        '{{block "a" .}}{{block "b" .}}{{template "a" .}}{{end}}{{end}}',
        '{{template "t" .}}',
        '{{define "a"}}{{range 2}}{{with 1}}{{if .}}{{template "a"}}{{end}}{{end}}{{end}}{{end}}{{template "a"}}',
      ]) {
        expect(outcome(() => renderWith(tested, source, {}, { limits }))).toBe('limit: templateDepth');
      }
    },
    {
      'calls that nobody counts': {
        file: 'render/run.js',
        find: 'if (callers.length >= rendering.limits.templateDepth)',
        replace: 'if (false)',
      },
    },
  );

  // Patterns that backtrack (marked, CVE-2015-8854; LiquidJS and many tokenizers): every pattern of
  // the engine, with the longest text that almost matches.
  const LONG = 20_000;
  const many = (text: string): string => text.repeat(LONG / text.length);
  protects(
    'no pattern backtracks',
    engine,
    (tested) => {
      const numbers = [
        '1',
        '1_',
        '_1',
        '0',
        '0x',
        '0x1_',
        '0b1',
        '0o7',
        '1.',
        '.1',
        '1e',
        '1e+',
        '1+1',
        '+',
        '0x1p',
        '1_1.',
        '07_',
      ].flatMap((piece) =>
        ['', '_', '__1', '.', '_i', 'i', '+1i', '_+_i', 'e', 'p-1', '_1.1_', '.1_'].map(
          (end) => `{{${many(piece)}${end}}}`,
        ),
      );
      const texts = [
        '{{',
        '{{-',
        '{{- ',
        ' -}}',
        '{{/*',
        '*/',
        '"',
        "'",
        '`',
        '\\',
        '{{"\\',
        '.',
        '$',
        '(',
        ')',
        ' ',
        '\n',
        ',',
        ':=',
        '{{ -',
        '- }}',
        '|',
        '\u2028',
      ].flatMap((piece) => [
        many(piece),
        `{{${many(piece)}}}`,
        `{{"${many(piece)}"}}`,
        `{{define "a"}}${many(piece)}{{end}}`,
      ]);
      for (const source of [...numbers, ...texts]) {
        const time = timeOf(() => outcome(() => JSON.stringify(tested.compile(source, { name: 't' }))));
        expect(time, source.slice(0, 20)).toBeLessThan(250);
      }
    },
    {
      'floats with a choice': {
        file: 'syntax/float-literal.js',
        find: '(?:\\.(?:[0-9](?:_?[0-9])*)?)?|',
        replace: '\\.?(?:[0-9](?:_?[0-9])*)?|',
      },
    },
  );

  it('nor one that looks at data or at a program', () => {
    const data = {
      a: `${many('a')}!`,
      sp: `${many(' ')}x`,
      s: many('\ud800'),
      f: `%${many('#')}%[${many('1')}`,
    };
    const source =
      '{{js .a}}{{html .sp}}{{urlquery .s}}{{urlquery .a}}{{printf .f}}{{printf "%q%+q%x" .a .s .sp | len}}';
    expect(timeOf(() => renderWith(engine, source, data))).toBeLessThan(250);
    const names = ['a', '1', '$', '_', '\u0660', ' '].map((piece) => `${many(piece)}!`);
    for (const name of names) {
      const at = [1, 0, 0, 0];
      const body = [[1, at, [19, at, [], false, [[30, at, [[10, at, [name]]]]]]]];
      const program = { format: 2, name: 't', body, definitions: [], variables: [] };
      expect(timeOf(() => expect(() => engine.load(program)).toThrow('must be a name'))).toBeLessThan(250);
    }
  });
});
