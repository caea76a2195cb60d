/** Templates and data made to take long, or much memory, within the limits. */
import type { JsonObject, JsonValue } from '#index.js';

const SOURCE_BYTES = 256 * 1024;

const fill = (piece: string, head = '', tail = ''): string =>
  head + piece.repeat(Math.floor((SOURCE_BYTES - head.length - tail.length) / piece.length)) + tail;
const each = (count: number, piece: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => piece(i)).join('');

function fillEach(piece: (i: number) => string, tail = ''): string {
  let text = '';
  for (let i = 0; ; i++) {
    const next = piece(i);
    if (text.length + next.length + tail.length > SOURCE_BYTES) return text + tail;
    text += next;
  }
}

/** Sources, most of them as large as they may be. Some are templates, some are not. */
export const SOURCES: Readonly<Record<string, string>> = {
  'open parentheses': fill('{{('),
  'parentheses in one action': fill('(', '{{', '}}'),
  'parentheses as deep as may be': fill(`{{${'('.repeat(199)}1${')'.repeat(199)}}}`),
  'branches as deep as may be': fill(`${'{{if 1}}'.repeat(200)}${'{{end}}'.repeat(200)}`),
  'else if': fill('{{else if 1}}', '{{if 1}}'),
  chains: fill('.a', '{{', '}}'),
  'chains of parentheses': fill('.a', '{{(.)', '}}'),
  arguments: fill(' 1', '{{print', '}}'),
  'arguments of printf': fill(' 1', '{{printf ""', '}}'),
  space: fill(' ', '{{', '}}'),
  'trimmed space': fill(' \n{{- 1 -}}\n '),
  'trimmed comments': fill('{{- /**/ -}} '),
  'open comments': fill('{{/*'),
  'texts between comments': fill('a{{/**/}}'),
  'characters of many bytes': `${fill('🎉').slice(0, SOURCE_BYTES / 2 - 10)}{{.a}}`,
  'fields of many bytes': fill('{{.日}}').slice(0, 180_000),
  quotes: fill('"'),
  'escaped quotes': fill('\\"', '{{"'),
  escapes: fill('\\x41', '{{"', '"}}'),
  'bytes that are no UTF-8': fill('\\xff', '{{"', '"}}'),
  'texts that are not UTF-8': fill('{{"\\xff"}}'),
  'a number': fill('1', '{{', '}}'),
  'a number that ends in an underscore': fill('1', '{{', '_}}'),
  'a number with two underscores': fill('1', '{{', '__1}}'),
  'a float that ends in an underscore': fill('1', `{{${'1'.repeat(100_000)}.`, '_}}'),
  'an imaginary number that is none': fill('1', '{{', '_i}}'),
  'a complex number that is none': fill('1', `{{${'1'.repeat(100_000)}+`, '_i}}'),
  'a hexadecimal float': fill('f', '{{0x', 'p-99999999}}'),
  'an octal number': fill('7_', '{{0', '8}}'),
  declarations: fillEach((i) => `{{$y${i}:=1}}`),
  'declarations, and uses of the first': fill(' $x', `{{$x := 1}}${'{{$:=1}}'.repeat(16_000)}{{print`, '}}'),
  'declarations that may be skipped': fill(' ($:=1)', '{{$x := 1}}{{and 1', '}}'),
  'declarations that may be skipped, and uses': fill(
    ' $x',
    `{{$x := 1}}{{and 1${' ($x:=1)'.repeat(16_000)}}}{{print`,
    '}}',
  ),
  'declarations and uses in turn': fill(' ($x:=1) $x', '{{$x := 1}}{{and 1', '}}'),
  'skipped declarations, deep inside': `{{${'and 1 ('.repeat(150)}and 1 ${' ($:=1)'.repeat(36_000)}${')'.repeat(150)}}}`,
  definitions: fillEach((i) => `{{define "${i}"}}{{end}}`),
  'definitions that call the next': fillEach(
    (i) => `{{define "${i}"}}{{template "${i + 1}" .}}{{end}}`,
    '{{template "0" .}}',
  ),
  'definitions of one name': fill('{{define "a"}}{{end}}', `{{define "a"}}${' '.repeat(130_000)}x{{end}}`),
  'definitions of one name, of many texts': fill(
    '{{define "a"}}{{end}}',
    `{{define "a"}}${' {{/**/}}'.repeat(14_000)}x{{end}}`,
  ),
  'names to be quoted': fill('{{template "\\x00"}}'),
  'a long name': `{{define "${'\\xff'.repeat(30_000)}"}}{{end}}{{template "${'\\xff'.repeat(30_000)}"}}`,
  blocks: fillEach((i) => `{{block "${i}" .}}{{end}}`),
  'blocks in blocks': fillEach((i) => `{{block "${i}" .}}`),
  'blocks in blocks as deep as may be': each(200, (i) => `{{block "${i}" .}}`) + '{{end}}'.repeat(200),
  'a long format': fill('%v', '{{printf "', '"}}'),
  'brackets in a format': fill('%[', '{{printf "', '" 1}}'),
};

const LONG = 'x'.repeat(1_000_000);
const loop = (body: string): string => `{{range 1000000000}}${body}{{end}}`;
const forIf = (pipeline: string): string => loop(`{{if ${pipeline}}}{{end}}`);
const RAW = '{{$r := "\\xff"}}{{range 19}}{{$r = print $r $r}}{{end}}';
const listOf = (count: number, value: JsonValue): JsonValue => new Array<JsonValue>(count).fill(value);
const objectOf = (count: number, key: (i: number) => string): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [key((i * 7_919) % count), i]));
const wide = (): JsonObject => objectOf(50_000, (i) => `k${i}`);

export function nested(depth: number): JsonValue {
  let value: JsonValue = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** Renderings that must end at a limit. */
export const RENDERINGS: Readonly<Record<string, readonly [source: string, data?: () => JsonObject]>> = {
  'empty turns': [loop('')],
  'nested loops': ['{{range 1000000}}{{range 1000000}}{{range 1000000}}x{{end}}{{end}}{{end}}'],
  lengths: [loop('{{len $.a}}'), () => ({ a: LONG })],
  'equality of long texts': [forIf('eq $.a $.b'), () => ({ a: LONG, b: `${LONG.slice(1)}y` })],
  'order of long texts': [forIf('lt $.a $.b'), () => ({ a: LONG, b: `${LONG.slice(1)}y` })],
  'many comparisons at once': [
    fill(' $.a', '{{range 1000000000}}{{if eq $.b', '}}{{end}}{{end}}'),
    () => ({ a: LONG, b: `${LONG.slice(1)}y` }),
  ],
  indexing: [forIf('index $.a 999999'), () => ({ a: LONG })],
  'a key as long as can be': [forIf('index $ (print $.a $.a)'), () => ({ a: LONG.slice(500_000) })],
  'cutting between characters': [forIf('slice $.a 5 10'), () => ({ a: LONG })],
  'cutting through characters': [forIf('slice $.a 0 999999'), () => ({ a: 'é'.repeat(500_000) })],
  'cutting lists': [forIf('slice $.l'), () => ({ l: listOf(100_000, 1) })],
  'cutting cuts': [`{{$x := $.l}}${loop('{{$x = slice $x 0 1}}')}`, () => ({ l: listOf(100_000, 1) })],
  'printing deep data': [forIf('print $.a'), () => ({ a: nested(999) })],
  'printing data too deep': ['{{.v}}', () => ({ v: nested(50_000) })],
  'printing many strings of nothing': [forIf('print $.l'), () => ({ l: listOf(1_000_000, '') })],
  'printing many short strings': [forIf('printf "%.0s" $.l'), () => ({ l: listOf(1_000_000, 'abc') })],
  'printing many lists of nothing': [forIf('print $.l'), () => ({ l: listOf(300_000, []) })],
  'printing many maps': [forIf('printf "%#v" $.l'), () => ({ l: listOf(30_000, { '': '' }) })],
  'printing many numbers': [forIf('print $.l'), () => ({ l: listOf(500_000, 1) })],
  'printing under the wrong verb': [forIf('printf "%d" $.l'), () => ({ l: listOf(50_000, 0.1) })],
  'many long operands': [fill(' $x', '{{$x := .a}}{{if print', '}}{{end}}'), () => ({ a: LONG })],
  'many long operands of println': [
    fill(' $x', '{{$x := .a}}{{if println', '}}{{end}}'),
    () => ({ a: LONG }),
  ],
  'many long operands of html': [fill(' $x', '{{$x := .a}}{{html', '}}'), () => ({ a: LONG })],
  'many operands that are not UTF-8': [fill(' $r', `${RAW}{{if print`, '}}{{end}}')],
  doubling: ['{{$x := "aa"}}{{range 1000}}{{$x = print $x $x}}{{end}}'],
  'growing by one': [`{{$x := ""}}${loop('{{$x = print $x "a"}}')}`],
  'growing by escapes': [`{{$x := "<"}}${loop('{{$x = html $x}}')}`],
  padding: [loop('{{printf "%10000d" 1}}')],
  'padding of every element': ['{{printf "%10000v" .l}}', () => ({ l: listOf(100_000, 1) })],
  'long decimals': [forIf('printf "%.10000f" 0.1')],
  'small floats': [forIf('printf "%.1g" $.n'), () => ({ n: 5e-324 })],
  'many small floats': [forIf('printf "%.101f" $.l'), () => ({ l: listOf(9_000, 2.225073858507201e-308) })],
  'many ties': [forIf('printf "%.0f" $.l'), () => ({ l: listOf(500_000, 0.5) })],
  'floats in base 16': [forIf('printf "%.0x" $.l'), () => ({ l: listOf(100_000, 5e-324) })],
  'floats with a point': [forIf('printf "%#g" $.l'), () => ({ l: listOf(50_000, 0.1) })],
  'complex numbers': [forIf('printf "%.1g" 5e-324i')],
  'integers in base 2': [forIf('printf "%b" 9223372036854775807')],
  'cutting by a precision': [forIf('printf "%.1s" $.a'), () => ({ a: LONG })],
  'cutting and quoting': [forIf('printf "%.10000q" $.a | len'), () => ({ a: '🎉'.repeat(500_000) })],
  quoting: [forIf('printf "%q" $.a'), () => ({ a: `${LONG.slice(1_000)}\n` })],
  'quoting what cannot be seen': [forIf('printf "%+q" $.a'), () => ({ a: '\u2028'.repeat(170_000) })],
  'quoting what is too long': [forIf('printf "%q" $.a'), () => ({ a: '\n'.repeat(16_000_000) })],
  'bytes in base 16': [forIf('printf "%x" $.a'), () => ({ a: 'é'.repeat(250_000) })],
  'bytes in base 16, apart': [forIf('printf "%# x" $.a'), () => ({ a: 'x'.repeat(200_000) })],
  'html of special characters': [forIf('html $.a'), () => ({ a: '<'.repeat(200_000) })],
  'html of long texts': [forIf('html $.a'), () => ({ a: LONG })],
  'js of special characters': [forIf('js $.a'), () => ({ a: '\u2028'.repeat(170_000) })],
  'urlquery of special characters': [forIf('urlquery $.a'), () => ({ a: '!'.repeat(340_000) })],
  'urlquery of spaces': [forIf('urlquery $.a'), () => ({ a: ' '.repeat(1_000_000) })],
  'a format of flags': [forIf('printf $.f 1'), () => ({ f: `%${'-'.repeat(1_000_000)}d` })],
  'a format of zeros': [forIf('printf $.f 1'), () => ({ f: `%.${'0'.repeat(1_000_000)}d` })],
  'a format of brackets': [forIf('printf $.f 1'), () => ({ f: '%['.repeat(100_000) })],
  'a format of one argument': [forIf('printf $.f 1 2'), () => ({ f: '%[1]*[2]d'.repeat(80_000) })],
  'a format of percent signs': [forIf('printf $.f'), () => ({ f: '%%'.repeat(500_000) })],
  'stray bytes, quoted': [RAW + forIf('printf "%q" $r')],
  'stray bytes, padded': [RAW + forIf('printf "%9s" $r')],
  'stray bytes, cut to nothing': [RAW + forIf('printf "%.0s" $r')],
  'stray bytes as a format': [RAW + forIf('printf $r')],
  'stray bytes, escaped': [RAW + loop('{{if html $r}}{{end}}{{if js $r}}{{end}}{{if urlquery $r}}{{end}}')],
  'stray bytes, compared': [RAW + forIf('lt $r (print $r "a")')],
  'stray bytes, sliced': [RAW + forIf('slice $r 1')],
  'stray bytes, printed': [RAW + loop('{{$r}}')],
  'stray bytes, one by one': [loop('{{"\\xff"}}')],
  'sorting keys': [loop('{{range $.o}}{{break}}{{end}}'), () => ({ o: wide() })],
  'sorting keys of many bytes': [
    loop('{{range $.o}}{{break}}{{end}}'),
    () => ({ o: objectOf(50_000, (i) => `😀${i}`) }),
  ],
  'sorting long keys': [
    loop('{{range $.o}}{{break}}{{end}}'),
    () => ({ o: objectOf(100, (i) => 'p'.repeat(10_000) + i) }),
  ],
  'sorting long keys of many bytes': [
    forIf('printf "%.0s" $.o'),
    () => ({ o: objectOf(100, (i) => '😀'.repeat(5_000) + i) }),
  ],
  'ranging over maps in maps': [
    loop('{{range $k, $v := $.o}}{{range $k2, $v2 := $.o}}{{end}}{{end}}'),
    () => ({ o: wide() }),
  ],
  'counting keys': [forIf('$.o'), () => ({ o: wide() })],
  'many copies': ['{{.a}}'.repeat(20_000), () => ({ a: LONG })],
  'a template that calls itself': ['{{define "a"}}{{template "a" .}}{{end}}{{template "a" .}}'],
  'a root that calls itself': ['x{{template "t" .}}'],
  'two templates that call each other': [
    '{{define "a"}}{{template "b" .}}{{end}}{{define "b"}}{{block "c" .}}{{template "a" .}}{{end}}{{end}}{{template "a" .}}',
  ],
  'a tree of calls': [
    `${each(30, (i) => `{{define "d${i}"}}{{template "d${i + 1}" .}}{{template "d${i + 1}" .}}{{end}}`)}{{define "d30"}}x{{end}}{{template "d0" .}}`,
  ],
  'a tree of calls without end': [
    '{{define "a"}}{{template "a" .}}{{template "a" .}}{{end}}{{template "a" .}}',
  ],
  'calls that keep texts': [
    '{{define "a"}}x{{template "a" (print . "yyyyyyyyyyyyyyyy")}}{{end}}{{template "a" ""}}',
  ],
  'calls that keep lists': [
    '{{define "a"}}{{$x := slice . 0 8}}{{template "a" $x}}{{end}}{{template "a" .l}}',
    () => ({ l: listOf(100_000, 1) }),
  ],
  'calls that keep loops': [
    '{{define "a"}}{{range $k, $v := .}}{{template "a" $}}{{end}}{{end}}{{template "a" .}}',
    () => objectOf(1_000, (i) => `k${i}`),
  ],
  'calls with many variables': [
    `{{define "a"}}${each(4_000, (i) => `{{$a${i}:=.}}`)}{{template "a" .}}{{end}}{{template "a" .}}`,
  ],
  'calls with large data': [`${loop('{{template "a" $}}')}{{define "a"}}{{if .}}{{end}}{{end}}`, wide],
  'variables that may be unset': [
    `${each(199, () => '{{if 1}}{{and 0 ($x:=1)}}').replace('{{and', '{{$x := 2}}{{and')}${'{{$x}}'.repeat(20_000)}${'{{end}}'.repeat(199)}`.replace(
      '{{if 1}}',
      '{{range 1000000000}}',
    ),
  ],
};
