import { describe, expect, it } from 'vitest';
import { compile } from '#compile.js';

/**
 * The variables in short: a path, then a letter for each use (printed, tested, ranged, compared), then
 * `!` for what is necessary and `?` for what is optional.
 */
function shortly(source: string): string {
  return compile(source, { name: 'main' })
    .variables.map(({ path, printed, tested, ranged, compared, optional }) => {
      const uses = `${printed ? 'p' : ''}${tested ? 't' : ''}${ranged ? 'r' : ''}${compared ? 'c' : ''}`;
      return `${path}:${uses}${optional ? '?' : '!'}`;
    })
    .join(' ');
}

type Row = [source: string, variables: string];

describe('the paths', () => {
  it.each<Row>([
    ['', ''],
    ['text {{/* .a */}} {{"b"}} {{5}} {{nil | print}}', ''],
    ['{{.user.name}}', 'user.name:p!'],
    ['{{.user}}{{.user.name}}', 'user:p! user.name:p!'],
    ['{{.b}}{{.a}}{{.Z}}{{.a}}', 'Z:p! a:p! b:p!'],
    ['{{.}}', '.:p?'],
    ['{{$.a}}{{$.b.c}}', 'a:p! b.c:p!'],
    ['{{(.a).b}}{{(.c.d | print).e}}', 'a.b:p! c.d:!'],
    ['{{index . "x" "y"}}', 'x:! x.y:p?'],
    ['{{index .x "a b"}}{{index .x ""}}{{index .x "é"}}', 'x:! x.é:p? x[""]:p? x["a b"]:p?'],
    ['{{index .x "\\"]"}}{{index .x "1a"}}', 'x:! x["1a"]:p? x["\\"]"]:p?'],
    ['{{index .x .key}}{{index .y 0}}{{(index .z 1).title}}', 'key:! x:! x[]:p? y:! y[]:p? z:! z[].title:p?'],
    ['{{"k" | index .x}}', 'x:! x.k:p?'],
    ['{{$k := "k"}}{{index .x $k}}', 'x:! x.k:p?'],
    ['{{index .x "\\xff"}}', 'x:! x[]:p?'],
  ])('of %j are %s', (source, variables) => {
    expect(shortly(source)).toBe(variables);
  });
});

describe('the uses', () => {
  it.each<Row>([
    ['{{print .a | printf "%s %s" .b}}{{println .c}}', 'a:p! b:p! c:p!'],
    ['{{html .a}}{{js .b}}{{urlquery .c}}{{slice .d 1 .e}}', 'a:p! b:p! c:p! d:p! e:!'],
    ['{{$s := printf "%s" .a}}{{$t := print .b}}{{if .c}}{{$s = $t}}{{end}}{{$s}}', 'a:p! b:p! c:t!'],
    ['{{$s := print .a}}', 'a:!'],
    ['{{len .a}}{{$n := len .b}}', 'a:! b:!'],
    ['{{if .a}}{{else if .b}}{{end}}{{with .c}}{{end}}{{not .d}}', 'a:t! b:t? c:t! d:t!'],
    ['{{and .a .b}}{{or .c .d}}', 'a:pt! b:pt? c:pt! d:pt?'],
    ['{{.a | or .b | and .c}}', 'a:pt! b:pt! c:pt!'],
    ['{{eq .a .b "x"}}{{if lt .c 1.5}}{{end}}{{ne (len .d) 1}}', 'a:c! b:c! c:c! d:!'],
    ['{{range .a}}x{{end}}{{range $i, $e := .b}}{{$i}}{{end}}', 'a:r! b:r!'],
    ['{{range slice .a 0 1}}{{.t}}{{end}}', 'a:r! a[].t:p?'],
    ['{{call .f .x}}', 'f:! x:!'],
  ])('of %j are %s', (source, variables) => {
    expect(shortly(source)).toBe(variables);
  });
});

describe('what a variable or dot stands for', () => {
  it.each<Row>([
    [
      '{{with .a}}{{.b}}{{with .c}}{{.d}}{{end}}{{else with .e}}{{.f}}{{end}}',
      'a:t! a.b:p? a.c:t? a.c.d:p? e:t? e.f:p?',
    ],
    ['{{with $x := .a}}{{$x.b}}{{.c}}{{$.d}}{{end}}', 'a:t! a.b:p? a.c:p? d:p?'],
    ['{{$x := .a}}{{$x.b}}', 'a.b:p!'],
    ['{{$x := .a}}{{$x = .b}}{{$x.c}}', 'a:! b.c:p!'],
    ['{{$x := .a}}{{if .t}}{{$x = .b}}{{end}}{{$x.c}}', 'a:! a.c:p? b.c:p? t:t!'],
    ['{{$x := .a}}{{if .t}}{{$x = .b}}{{else}}{{$x = .b}}{{end}}{{$x.c}}', 'a:! b.c:p! t:t!'],
    ['{{$x := .a}}{{if .t}}{{$x := .b}}{{end}}{{$x.c}}', 'a.c:p! b:? t:t!'],
    ['{{$x := .a}}{{or .t (and 1 ($x = .b))}}{{$x.c}}', 'a:! a.c:p? b:pt? b.c:p? t:pt!'],
    ['{{$x := .a}}{{and .t ($x := .b)}}{{$x.c}}', 'a:! a.c:p? b:pt? b.c:p? t:pt!'],
    [
      '{{$x := .a}}{{range .xs}}{{$x.b}}{{$x = .}}{{end}}{{$x.c}}',
      'a:! a.b:p? a.c:p? xs:r! xs[].b:p? xs[].c:p?',
    ],
    [
      '{{$x := .a}}{{range .xs}}{{if .t}}{{$x = .u}}{{break}}{{end}}{{end}}{{$x.c}}',
      'a:! a.c:p? xs:r! xs[].t:t? xs[].u.c:p?',
    ],
    ['{{$n := .list}}{{range .xs}}{{$n = $n.next}}{{end}}{{$n.v}}', null],
    ['{{(or .a .b).c}}', 'a:t! a.c:p? b:t? b.c:p?'],
    ['{{(or .a 5).c}}', 'a:t! a.c:p?'],
    [
      '{{range $e := .xs}}{{$e.a}}{{.b}}{{end}}{{range $k, $v := .m}}{{$v.c}}{{end}}',
      'm:r! m[].c:p! xs:r! xs[].a:p! xs[].b:p!',
    ],
    ['{{$x := .o}}{{range $x = .xs}}{{$x.a}}{{end}}{{$x.b}}', 'o:! o.b:p? xs:r! xs[].a:p! xs[].b:p?'],
    ['{{range .a}}{{range .b}}{{.c}}{{$.d}}{{end}}{{end}}', 'a:r! a[].b:r! a[].b[].c:p! d:p?'],
    ['{{range .}}{{.}}{{end}}', '.:r? []:p?'],
    ['{{range 3}}{{.}}{{$.a}}{{end}}', 'a:p?'],
  ] as Row[])('in %j', (source, variables) => {
    if (variables === null) expect(shortly(source)).toMatch(/list\.next\.next\.v:p\? /);
    else expect(shortly(source)).toBe(variables);
  });
});

describe('what is necessary', () => {
  it.each<Row>([
    ['{{if .a}}{{.b}}{{.c}}{{else}}{{.c}}{{end}}', 'a:t! b:p? c:p!'],
    ['{{if .a}}{{.user.name}}{{end}}', 'a:t! user.name:p?'],
    ['{{$u := .user}}{{if .a}}{{$u.name}}{{end}}', 'a:t! user:! user.name:p?'],
    ['{{range .xs}}{{.a}}{{if .b}}{{.c}}{{end}}{{end}}', 'xs:r! xs[].a:p! xs[].b:t! xs[].c:p?'],
    ['{{range .xs}}{{.a}}{{else}}{{.b}}{{.c}}{{end}}', 'b:p? c:p? xs:r! xs[].a:p!'],
    ['{{range .xs}}{{$.a}}{{else}}{{.a}}{{end}}', 'a:p! xs:r!'],
    ['{{range .xs}}{{.a}}{{if .b}}{{continue}}{{end}}{{.c}}{{end}}', 'xs:r! xs[].a:p! xs[].b:t! xs[].c:p?'],
    ['{{range .xs}}{{.a}}{{if .b}}{{break}}{{end}}{{.c}}{{end}}', 'xs:r! xs[].a:p? xs[].b:t? xs[].c:p?'],
    [
      '{{range .xs}}{{range .ys}}{{.a}}{{break}}{{end}}{{.b}}{{end}}',
      'xs:r! xs[].b:p! xs[].ys:r! xs[].ys[].a:p?',
    ],
    [
      '{{range .xs}}{{if .a}}{{continue}}{{else}}{{.b}}{{end}}{{.c}}{{end}}',
      'xs:r! xs[].a:t! xs[].b:p? xs[].c:p?',
    ],
    ['{{if .t}}{{range .xs}}{{.a}}{{end}}{{end}}', 't:t! xs:r? xs[].a:p?'],
    ['{{range .xs}}{{range $.ys}}{{.a}}{{end}}{{end}}', 'xs:r! ys:r? ys[].a:p?'],
    ['{{range $x := .xs}}{{range .ys}}{{$x.a}}{{end}}{{end}}', 'xs:r! xs[].a:p? xs[].ys:r!'],
    ['{{range (index . "xs")}}{{.a}}{{end}}', 'xs:r? xs[].a:p!'],
    ['{{index .a "b"}}{{(index .c "d").e}}{{index .f "g" "h"}}', 'a:! a.b:p? c.d.e:p! f.g:! f.g.h:p?'],
    ['{{and .a .b (or .c .d)}}', 'a:pt! b:pt? c:pt? d:pt?'],
  ])('in %j: %s', (source, variables) => {
    expect(shortly(source)).toBe(variables);
  });
});

describe('definitions', () => {
  it.each<Row>([
    ['{{define "d"}}{{.a}}{{$.b}}{{end}}', ''],
    ['{{define "d"}}{{.a}}{{$.b}}{{end}}{{template "d" .x}}', 'x.a:p! x.b:p!'],
    [
      '{{define "d"}}{{.a}}{{end}}{{template "d" .x}}{{if .t}}{{template "d" .y}}{{end}}',
      't:t! x.a:p! y.a:p?',
    ],
    ['{{define "d"}}{{.a}}{{end}}{{if .t}}{{template "d" .x}}{{end}}{{template "d" .x}}', 't:t! x.a:p!'],
    ['{{define "d"}}{{.a}}{{end}}{{range .xs}}{{template "d" .}}{{end}}', 'xs:r! xs[].a:p!'],
    ['{{define "d"}}{{.a}}{{end}}{{template "d" or .x .y}}', 'x:t! x.a:p? y:t? y.a:p?'],
    ['{{define "d"}}{{.a}}{{end}}{{template "d"}}{{template "d" 5}}', ''],
    ['{{.a}}{{if .t}}{{template "undefined" .x}}{{end}}', 'a:p! t:t!'],
    ['{{define "d"}}{{with .a}}{{$.b}}{{end}}{{end}}{{$x := .c}}{{template "d" $x}}', 'c.a:t! c.b:p?'],
    ['{{block "b" .x}}{{.a}}{{end}}', 'x.a:p!'],
    [
      '{{define "d"}}{{range .xs}}{{template "e" .}}{{end}}{{end}}{{define "e"}}{{.a}}{{end}}{{template "d" .}}',
      'xs:r! xs[].a:p!',
    ],
    [
      '{{define "d"}}{{.v}}{{range .sub}}{{template "d" .}}{{end}}{{end}}{{template "d" .tree}}',
      'tree.sub:r! tree.sub[].sub:r! tree.sub[].v:p! tree.v:p!',
    ],
    ['{{.v}}{{range .sub}}{{template "main" .}}{{end}}', 'sub:r! sub[].sub:r! sub[].v:p! v:p!'],
    ['{{define "d"}}{{template "d" .}}{{.a}}{{end}}{{template "d" .}}', 'a:p!'],
    [
      '{{define "d"}}{{.a}}{{template "e" .x}}{{end}}{{define "e"}}{{.b}}{{template "d" .y}}{{end}}{{template "d" .}}',
      'a:p! x.b:p! x.y.a:p! x.y.x.b:p! x.y.x.y:!',
    ],
  ])('%j', (source, variables) => {
    expect(shortly(source)).toBe(variables);
  });
});
