import { describe, expect, it } from 'vitest';
import { TemplateSyntaxError } from '#errors.js';
import { DEFAULT_COMPILE_LIMITS } from '#limits.js';
import type { List } from '#syntax/ast.js';
import { parse } from '#syntax/parser.js';

const functions = new Set(['print', 'len', 'eq']);

function parsed(source: string): List {
  return parse(source, { name: 't', functions, limits: DEFAULT_COMPILE_LIMITS });
}

describe('a tree prints itself', () => {
  it.each([
    ['', ''],
    ['text', 'text'],
    ['{{/* comment */}}', ''],
    ['{{ .a }}', '{{.a}}'],
    ['{{.a.b.c}}', '{{.a.b.c}}'],
    ['{{$.a}}{{$}}', '{{$.a}}{{$}}'],
    ['{{$x:=1}}{{$x =2}}{{$x}}', '{{$x := 1}}{{$x = 2}}{{$x}}'],
    ['{{print  1   "a" `b`  \'c\'  0x1F 1e3 true nil .}}', '{{print 1 "a" `b` \'c\' 0x1F 1e3 true nil .}}'],
    ['{{.a|print  1|len}}', '{{.a | print 1 | len}}'],
    ['{{print ( len  .a ) (1)}}', '{{print (len .a) (1)}}'],
    ['{{(.a).b.c}}{{print.x}}', '{{(.a).b.c}}{{print.x}}'],
    ['{{if .a}}x{{end}}', '{{if .a}}x{{end}}'],
    ['{{if .a}}x{{else}}y{{end}}', '{{if .a}}x{{else}}y{{end}}'],
    ['{{if .a}}x{{else if .b}}y{{end}}', '{{if .a}}x{{else}}{{if .b}}y{{end}}{{end}}'],
    [
      '{{with .a}}x{{else with .b}}y{{else}}z{{end}}',
      '{{with .a}}x{{else}}{{with .b}}y{{else}}z{{end}}{{end}}',
    ],
    ['{{range $i,$e:=.a}}{{break}}{{continue}}{{end}}', '{{range $i, $e := .a}}{{break}}{{continue}}{{end}}'],
    ['a {{- .b -}} c', 'a{{.b}}c'],
  ])('%j', (source, print) => {
    expect(parsed(source).toString()).toBe(print);
    expect(parsed(print).toString()).toBe(print);
  });
});

describe('nodes know their place', () => {
  it('in lines, bytes and code units', () => {
    const source = 'é🎉\nß{{ .name }}';
    const [, action] = parsed(source).statements;
    // ß and "{{ " come before: two bytes and three, one unit and three.
    expect(action?.position).toEqual({ line: 2, column: 5, offset: 8, length: 5 });
    expect(source.slice(8, 13)).toBe('.name');
  });

  it('a pipeline spans its commands', () => {
    const source = '{{ print 1 | len }}';
    const [action] = parsed(source).statements;
    const { offset, length } = action?.position ?? { offset: 0, length: 0 };
    expect(source.slice(offset, offset + length)).toBe('print 1 | len');
  });
});

describe('mistakes', () => {
  function mistake(source: string): TemplateSyntaxError {
    try {
      parsed(source);
    } catch (error) {
      if (error instanceof TemplateSyntaxError) return error;
      throw error;
    }
    throw new Error('no mistake found');
  }

  it('carry a position beside the words', () => {
    const error = mistake('a\n{{ if }}');
    expect(error.message).toBe('template: t:2: missing value for if');
    expect(error.templateName).toBe('t');
    expect(error.position).toEqual({ line: 2, column: 6, offset: 8, length: 2 });
  });

  it.each([
    ['{{define "x"}}{{end}}', 'template: t:1: {{define}} is not supported'],
    ['{{template "x"}}', 'template: t:1: {{template}} is not supported'],
    ['{{block "x" .}}{{end}}', 'template: t:1: {{block}} is not supported'],
    ['{{html .a}}', 'template: t:1: function "html" not defined'],
    ['{{1i}}', 'template: t:1: imaginary constants are not supported: "1i"'],
    ['{{1+2i}}', 'template: t:1: imaginary constants are not supported: "1+2i"'],
    ['{{"\\xff"}}', 'template: t:1: string constant is not valid UTF-8: "\\xff"'],
  ])('what is not supported says so: %j', (source, message) => {
    expect(mistake(source).message).toBe(message);
  });
});
