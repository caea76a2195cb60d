/**
 * What went wrong in other template engines for JavaScript, as tests: regular expressions that backtrack
 * (marked, CVE-2015-8854; LiquidJS and many tokenizers). Each comes with engines that lack the protection,
 * to show that the test would notice.
 */
import { afterAll, describe, expect } from 'vitest';
import * as engine from '#index.js';
import { expectWithin, outcome } from './history-rendering.js';
import { type Engine, Prototypes, protects } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

/**
 * How long the texts are that almost match. A pattern that takes twice as long for every character more is
 * noticed while that is still some seconds; one that takes four times as long for twice the text, at the end.
 */
const LENGTHS = [20, 22, 24, 26, 28, 30, 33, 36, 40, 20_000];
/** Milliseconds for the longest. */
const TIME = 120;

type Grow = (piece: string) => string;

/** @param run does something with texts that `grow` makes of pieces */
function expectNoBacktracking(what: string, run: (grow: Grow) => unknown): void {
  for (const length of LENGTHS) {
    expectWithin(TIME, `${what} of ${length}`, () =>
      run((piece) => piece.repeat(Math.ceil(length / piece.length))),
    );
  }
}

function expectCompiled(tested: Engine, what: string, source: (grow: Grow) => string): void {
  expectNoBacktracking(what, (grow) =>
    outcome(() => JSON.stringify(tested.compile(source(grow), { name: 't' }))),
  );
}

const NUMBERS = [
  [
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
  ],
  ['', '_', '__1', '.', '_i', 'i', '+1i', '_+_i', 'e', 'p-1', '_1.1_', '.1_'],
] as const;

const PIECES = [
  'a',
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
];

describe('regular expressions that backtrack', () => {
  protects(
    'regular expressions that backtrack: none reads a template, its numbers, texts, space or comments',
    engine,
    (tested) => {
      const [pieces, ends] = NUMBERS;
      for (const piece of pieces) {
        for (const end of ends) expectCompiled(tested, piece + end, (grow) => `{{${grow(piece)}${end}}}`);
      }
      for (const piece of PIECES) {
        expectCompiled(tested, piece, (grow) => grow(piece));
        expectCompiled(tested, piece, (grow) => `{{${grow(piece)}}}`);
        expectCompiled(tested, piece, (grow) => `{{"${grow(piece)}"}}`);
        expectCompiled(tested, piece, (grow) => `{{"${grow(piece)}\n`);
        expectCompiled(tested, piece, (grow) => `{{define "a"}}${grow(piece)}{{end}}`);
        expectCompiled(tested, piece, (grow) => `${grow(piece)}x{{- 1 -}}${grow(piece)}x`);
      }
    },
    {
      'floats with a choice': {
        file: 'syntax/float-literal.js',
        find: '(?:\\.(?:[0-9](?:_?[0-9])*)?)?|',
        replace: '\\.?(?:[0-9](?:_?[0-9])*)?|',
      },
      'digits that are repeated twice over': {
        file: 'syntax/number-literal.js',
        find: '([1-9](?:_?[0-9])*))$/',
        replace: '([1-9](?:_?[0-9]+)*))$/',
      },
      'space trimmed by a pattern': {
        file: 'syntax/lexer.js',
        find: 'let offset = end;',
        replace:
          "return this.start + this.source.slice(this.start, end).replace(/[ \\t\\r\\n]+$/, '').length;",
      },
      'strings cut by a pattern': {
        file: 'syntax/lexer.js',
        find: 'lexEscaped(mark, kind, unterminated) {',
        replace: `lexEscaped(mark, kind, unterminated) {
          const rest = this.source.slice(this.offset);
          const [found] = /^(?:[^"'\\\\\\n]+|\\\\.)*["']/.exec(rest) ?? [''];
          if (!found.endsWith(mark)) return this.error(unterminated);
          this.offset += found.length;
          return this.token(kind);`,
      },
      'blank texts known by a pattern': {
        file: 'syntax/parser.js',
        find: 'return /^[\\t',
        replace: 'return /^(?:\\s+)*$/.test(text) || /^[\\t',
      },
    },
  );

  protects(
    'regular expressions that backtrack: none reads data, formats, or what functions escape',
    engine,
    (tested) => {
      const source =
        '{{js .a}}{{html .a}}{{urlquery .a}}{{printf .f}}{{printf "%q%+q%x" .a .a .a | len}}{{range $k, $v := .o}}{{$k}}{{end}}{{.o}}';
      const template = tested.load(tested.compile(source, { name: 't' }));
      for (const piece of [
        'a',
        ' ',
        '\ud800',
        '\ude00',
        '<',
        '<!--',
        '&',
        '\\',
        '%',
        '%20',
        '!',
        '\0',
        '$&',
      ]) {
        expectNoBacktracking(piece, (grow) => {
          const a = `<!--${grow(piece)}x`;
          return template.render({ a, f: a, o: { [a]: 1 } });
        });
      }
      for (const piece of ['-', '#', '[', '[1]', '*', '1', '.', '+.']) {
        expectNoBacktracking(`%${piece}`, (grow) =>
          outcome(() => template.render({ a: '', f: `%${grow(piece)}%[${grow('1')}`, o: {} })),
        );
      }
      for (const piece of ['\\\\', '\\ud800', '\\ud83d\\ude00', '\\u0020', ' ', '\\"']) {
        expectNoBacktracking(`JSON ${piece}`, (grow) => tested.parseJson(`{"a": "${grow(piece)} \\ud83d"}`));
      }
    },
    {
      'html without comments': {
        file: 'builtins/escaping.js',
        find: "plain.replaceAll('\\0', '\\ufffd')",
        replace: "plain.replace(/<!--(.|\\s)*?-->/g, '').replaceAll('\\0', '\\ufffd')",
      },
      'urlquery without space at the end': {
        file: 'builtins/escaping.js',
        find: 'encodeURIComponent(text.replace(',
        replace: "encodeURIComponent(text.replace(/\\s+$/, '').replace(",
      },
      'escapes of JSON behind any number of backslashes': {
        file: 'json.js',
        find: 'const ESCAPE = ',
        replace: 'const ESCAPE = /\\\\+(u[dD][89a-fA-F][\\da-fA-F]{2})/g;\nconst SOUND = ',
      },
    },
  );

  protects(
    'regular expressions that backtrack: none reads a program',
    engine,
    (tested) => {
      const at = [1, 0, 0, 0];
      const programOf = (operand: unknown) => ({
        format: 2,
        name: 't',
        body: [[1, at, [19, at, [], false, [[30, at, [operand]]]]]],
        definitions: [],
        variables: [],
      });
      for (const piece of ['a', 'a1', '1', '$', '_', '\u0660', ' ']) {
        expectNoBacktracking(piece, (grow) => {
          const name = `${grow(piece)}!`;
          expect(() => tested.load(programOf([10, at, [name]]))).toThrow('must be a name');
          expect(() => tested.load(programOf([11, at, `$${name}`, []]))).toThrow('must be a name');
          for (const literal of [17, 18])
            expect(() => tested.load(programOf([literal, at, name]))).toThrow('invalid template program');
        });
      }
    },
    {
      'names known by a pattern': {
        file: 'syntax/characters.js',
        find: 'export function isAlphaNumericOnly(text) {',
        replace: 'export function isAlphaNumericOnly(text) {\n    return /^(?:\\w+)*$/.test(text);',
      },
    },
  );
});
