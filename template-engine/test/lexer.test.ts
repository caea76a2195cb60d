import { describe, expect, it } from 'vitest';
import { Lexer } from '#syntax/lexer.js';

/** @returns the tokens as `kind text`, up to the end or the first error */
function lex(source: string): string[] {
  const lexer = new Lexer(source);
  const tokens: string[] = [];
  for (;;) {
    const { kind, text } = lexer.next();
    tokens.push(text === '' ? kind : `${kind} ${text}`);
    if (kind === 'eof' || kind === 'error') return tokens;
  }
}

describe('tokens', () => {
  const cases: [string, string[]][] = [
    ['', ['eof']],
    ['a } b', ['text a } b', 'eof']],
    ['{{.a}}', ['leftDelimiter {{', 'field .a', 'rightDelimiter }}', 'eof']],
    ['{{.a.b}}', ['leftDelimiter {{', 'field .a', 'field .b', 'rightDelimiter }}', 'eof']],
    [
      '{{. $ $x}}',
      [
        'leftDelimiter {{',
        'dot .',
        'space  ',
        'variable $',
        'space  ',
        'variable $x',
        'rightDelimiter }}',
        'eof',
      ],
    ],
    ['{{$x:=1}}', ['leftDelimiter {{', 'variable $x', 'declare :=', 'number 1', 'rightDelimiter }}', 'eof']],
    [
      '{{if}}{{nil}}',
      [
        'leftDelimiter {{',
        'if if',
        'rightDelimiter }}',
        'leftDelimiter {{',
        'nil nil',
        'rightDelimiter }}',
        'eof',
      ],
    ],
    [
      '{{(a|b)}}',
      [
        'leftDelimiter {{',
        'leftParen (',
        'identifier a',
        'pipe |',
        'identifier b',
        'rightParen )',
        'rightDelimiter }}',
        'eof',
      ],
    ],
    [
      '{{\'a\' "b" `c`}}',
      [
        'leftDelimiter {{',
        "rune 'a'",
        'space  ',
        'string "b"',
        'space  ',
        'rawString `c`',
        'rightDelimiter }}',
        'eof',
      ],
    ],
    ['{{1+2i}}', ['leftDelimiter {{', 'complex 1+2i', 'rightDelimiter }}', 'eof']],
    ['a {{- 1 -}} b', ['text a', 'leftDelimiter {{', 'number 1', 'rightDelimiter }}', 'text b', 'eof']],
    ['a {{-1}}', ['text a ', 'leftDelimiter {{', 'number -1', 'rightDelimiter }}', 'eof']],
    ['{{1  -}} b', ['leftDelimiter {{', 'number 1', 'space  ', 'rightDelimiter }}', 'text b', 'eof']],
    ['a {{- /* x */ -}} b', ['text a', 'text b', 'eof']],
    ['{{/* x', ['error unclosed comment']],
    ['{{(1}}', ['leftDelimiter {{', 'leftParen (', 'number 1', 'error unclosed left paren']],
    ['{{1a}}', ['leftDelimiter {{', 'error bad number syntax: "1a"']],
    ['{{.é✓}}', ['leftDelimiter {{', "error bad character U+2713 '✓'"]],
  ];

  it.each(cases)('of %j', (source, tokens) => {
    expect(lex(source)).toEqual(tokens);
  });
});

it('tokens point at their text', () => {
  const source = 'é {{- if .name }}\n🎉{{ "x" }}{{end}}';
  const lexer = new Lexer(source);
  for (let token = lexer.next(); token.kind !== 'eof'; token = lexer.next()) {
    expect(source.slice(token.offset, token.offset + token.length)).toBe(token.text);
  }
});

it('nothing follows an error', () => {
  const lexer = new Lexer('{{"a}} {{1}}');
  lexer.next();
  expect(lexer.next().kind).toBe('error');
  expect(lexer.next().kind).toBe('eof');
});
