/**
 * What went wrong in other template engines for JavaScript, as tests: text that is taken for more than text.
 * Each comes with engines that lack the protection, to show that the test would notice.
 */
import { afterAll, describe, expect } from 'vitest';
import * as engine from '#index.js';
import { render } from './history-rendering.js';
import { Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

describe('text is text', () => {
  // String.replace with text of the user in place of the pattern's own ($&, $1, $`): Mustache-like
  // engines that fill placeholders so copy parts of the template into the output.
  protects(
    '`$&` in replacements: it is two characters, in templates, data and functions',
    engine,
    (tested) => {
      const hostile = "$& $1 $$ $` $' $<name> \\$& \\1 %s %%";
      const shown =
        '{{.a}}|{{print .a ""}}|{{printf "%s" .a}}|{{$x := .a}}{{$x}}|{{template "x" .}}{{define "x"}}{{.a}}{{end}}';
      const all = Array<string>(5).fill(hostile).join('|');
      expect(render(tested, `${hostile}{{/* $& */}}|${shown}`, { a: hostile })).toBe(`${hostile}|${all}`);
      expect(render(tested, '{{html .a}} {{js .a}} {{urlquery .a}}', { a: '$&$`' })).toBe(
        '$&amp;$` $\\u0026$` %24%26%24%60',
      );
      expect(render(tested, '{{range $k, $v := .}}{{$k}}={{$v}}{{end}}', { '$&': '$`' })).toBe('$&=$`');
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
  protects(
    'delimiters in the data are text, however they get there',
    engine,
    (tested) => {
      const data = { a: '{{.secret}}', b: '{{', c: '.secret}}', secret: 'no' };
      expect(render(tested, '{{.a}}{{.b}}{{.c}}{{print .b .c}}', data)).toBe('{{.secret}}'.repeat(3));
      expect(render(tested, '{{define "x"}}{{.}}{{end}}{{template "x" .a}}', data)).toBe('{{.secret}}');
      expect(() => render(tested, '{{printf "{{.a}}"}}{{template "{{.a}}"}}', data)).toThrow('not defined');
    },
    {
      'output that is rendered again': {
        file: 'template.js',
        find: 'export function load(program) {',
        replace: `import { compile } from './compile.js';
          export function load(program) {
            const template = loadOnce(program);
            const { name } = template;
            const render = (data, options) => {
              const out = template.render(data, options);
              return out.includes('{{') ? load(compile(out, { name })).render(data, options) : out;
            };
            return { ...template, render };
          }
          function loadOnce(program) {`,
      },
    },
  );

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
        expect(() => render(tested, `{{.na${invisible}me}}`, { name: 1 })).toThrow('bad character');
        expect(() => render(tested, `{{${invisible}.name}}`, { name: 1 })).toThrow('unrecognized character');
        expect(render(tested, `${invisible}{{.a}}{{"${invisible}"}}`, { a: invisible })).toBe(
          invisible.repeat(3),
        );
        expect(render(tested, `{{index . "a${invisible}"}}`, { a: 1 })).toBe('<no value>');
      }
      const cyrillic = 'n\u0430me';
      expect(() => render(tested, `{{.${cyrillic}}}`, { name: 1 })).toThrow('map has no entry for key');
      expect(render(tested, `{{.${cyrillic}}}{{.name}}`, { name: 1, [cyrillic]: 2 })).toBe('21');
      expect(() => render(tested, '{{.e\u0301}}', { '\u00e9': 1 })).toThrow('bad character');
      expect(render(tested, '\uff5b\uff5b.a\uff5d\uff5d {\u200b{.a}}', { a: 1 })).toBe(
        '\uff5b\uff5b.a\uff5d\uff5d {\u200b{.a}}',
      );
      expect(render(tested, '{{len .a}} {{printf "%q" .a}}', { a: '\ud800' })).toBe('3 "\ufffd"');
    },
    {
      'invisible letters': {
        file: 'syntax/characters.js',
        find: 'return LETTERS_AND_DIGITS.has(point);',
        replace: 'return point === 0x200d || LETTERS_AND_DIGITS.has(point);',
      },
      'space as JavaScript knows it': {
        file: 'syntax/characters.js',
        find: 'return point === 0x20 || point === 0x09 || point === 0x0d || point === 0x0a;',
        replace: 'return /\\s/.test(String.fromCharCode(point));',
      },
    },
  );
});
