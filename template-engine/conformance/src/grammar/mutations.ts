import type { Random } from '../random.js';
import { KEYS } from './samples.js';

const TOKEN = /\{\{-?|-?\}\}|"(?:\\.|[^"\\])*"|`[^`]*`|[\p{L}\p{Nd}_$.]+|\s+|./gsu;

const TOKENS: readonly string[] = [
  '{{',
  '}}',
  '{{-',
  '-}}',
  '{{- ',
  ' -}}',
  '{{/*',
  '*/}}',
  ' */ }}',
  '{{end}}',
  '{{else}}',
  '{{else if .a}}',
  '{{else with .a}}',
  '{{break}}',
  '{{continue}}',
  '{{define "a"}}',
  '{{template "a" .}}',
  '{{block "a" .}}',
  '{{if .a}}',
  '{{range .a}}',
  '{{with .a}}',
  'if',
  'else',
  'end',
  'range',
  'with',
  'define',
  'template',
  'block',
  'break',
  'continue',
  'nil',
  'true',
  'len',
  'printf',
  'unknown',
  'index',
  'and',
  '(',
  ')',
  '|',
  '||',
  ':=',
  '=',
  ':',
  ',',
  '.',
  '..',
  '.a',
  '.1',
  '$',
  '$x',
  '$x.a',
  '"',
  '`',
  "'",
  '"s"',
  "'r'",
  '1',
  '-',
  '+',
  '1i',
  '0x',
  '\\',
  '#',
  '%',
  '@',
  '!',
  '~',
  'é',
  '😀',
  '\u00a0',
  '\u0000',
  '\u2028',
  '\n',
  '\r\n',
  ' ',
  '\t',
];

/** @returns the template with one to three of its tokens or characters changed: mostly broken */
export function mutated(random: Random, template: string): string {
  let text = template;
  for (let i = random.below(3); i >= 0; i--)
    text = random.percent(75) ? changeToken(random, text) : changeCharacter(random, text);
  return text;
}

/** @returns tokens in no order at all */
export function tokenSoup(random: Random): string {
  const token = () => (random.percent(15) ? `.${random.pick(KEYS)}` : random.pick(TOKENS));
  const inner = () => random.several(1, 5, token).join(random.percent(70) ? ' ' : '');
  if (random.percent(60)) return `${random.pick(['', 'x', ' \n'])}{{${inner()}}}`;
  return random.several(1, 8, token).join('');
}

function changeToken(random: Random, text: string): string {
  const tokens = text.match(TOKEN) ?? [];
  const at = random.below(tokens.length + 1);
  const token = tokens[at] ?? '';
  const change = random.weighted<readonly [removed: number, added: readonly string[]]>([
    [20, [1, []]],
    [10, [0, [token]]],
    [20, [0, [random.pick(TOKENS)]]],
    [20, [1, [random.pick(TOKENS)]]],
    [10, [2, [tokens[at + 1] ?? '', token]]],
    [6, [tokens.length, []]],
    [6, [0, [random.pick(tokens.length > 0 ? tokens : TOKENS)]]],
  ]);
  return tokens.toSpliced(at, change[0], ...change[1]).join('');
}

function changeCharacter(random: Random, text: string): string {
  const characters = [...text];
  const at = random.below(characters.length + 1);
  const added = random.percent(60) ? [random.pick([...'{}()-|.$"\'`:=,/* \n1i\\xé😀'])] : [];
  return characters.toSpliced(at, random.below(2), ...added).join('');
}
