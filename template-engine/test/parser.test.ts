import { describe, expect, it } from 'vitest';
import { TemplateSyntaxError } from '#errors.js';
import { DEFAULT_COMPILE_LIMITS } from '#limits.js';
import type { List } from '#syntax/ast.js';
import { parse } from '#syntax/parser.js';

const functions = new Set(['print', 'len', 'eq']);

function parsed(source: string): List {
  return parse(source, { name: 't', functions, limits: DEFAULT_COMPILE_LIMITS }).body;
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
});

describe('definitions', () => {
  function all(source: string): Record<string, string> {
    const { body, definitions } = parse(source, { name: 't', functions, limits: DEFAULT_COMPILE_LIMITS });
    const printed = [...definitions].map(([name, list]) => [name, list.toString()]);
    return { body: body.toString(), ...Object.fromEntries(printed) };
  }

  it('stand beside the body', () => {
    expect(all('a{{define "x"}}b{{.}}{{end}}c{{template "x" .y}}')).toEqual({
      body: 'ac{{template "x" .y}}',
      '"x"': 'b{{.}}',
    });
  });

  it('may be made where they are called', () => {
    expect(all('{{block "outer" .}}1{{block `in"ner` 2}}3{{end}}{{end}}')).toEqual({
      body: '{{template "outer" .}}',
      '"outer"': '1{{template "in\\"ner" 2}}',
      '"in\\"ner"': '3',
    });
  });

  it('of the own name take the place of a blank body', () => {
    expect(all(' \n{{define "t"}}body{{end}}')).toEqual({ body: 'body' });
    expect(all('body{{define "t"}} {{end}}')).toEqual({ body: 'body' });
  });
});
