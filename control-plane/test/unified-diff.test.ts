import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeededRandom } from '@px0/test-bed';
import { beforeAll, describe, expect, test } from 'vitest';
import { unifiedDiff } from '#versions/unified-diff.js';

const LABELS = { from: 'v1', to: 'v2' };
const diffOf = ([from, to]: Pair): string => unifiedDiff(from, to, LABELS);

type Pair = readonly [from: string, to: string];

/** Answers of GNU diff 3.8. Here / stands for the end of a line, and the two lines with the labels are left out. */
const RECORDED: readonly (readonly [name: string, from: string, to: string, hunks: string])[] = [
  ['a line changed', 'a/b/c/', 'a/x/c/', '@@ -1,3 +1,3 @@/ a/-b/+x/ c/'],
  ['a line put in first', 'a/b/c/d/e/', 'x/a/b/c/d/e/', '@@ -1,3 +1,4 @@/+x/ a/ b/ c/'],
  ['a line put in last', 'a/b/c/d/e/', 'a/b/c/d/e/x/', '@@ -3,3 +3,4 @@/ c/ d/ e/+x/'],
  ['lines taken out', 'a/b/c/d/e/f/g/h/i/', 'a/b/c/d/g/h/i/', '@@ -2,8 +2,6 @@/ b/ c/ d/-e/-f/ g/ h/ i/'],
  ['everything is new', '', 'a/b/', '@@ -0,0 +1,2 @@/+a/+b/'],
  ['one line is new', '', 'a/', '@@ -0,0 +1 @@/+a/'],
  ['an empty line is new', '', '/', '@@ -0,0 +1 @@/+/'],
  ['everything is gone', 'a/b/', '', '@@ -1,2 +0,0 @@/-a/-b/'],
  ['nothing in common', 'a/b/c/', 'x/y/', '@@ -1,3 +1,2 @@/-a/-b/-c/+x/+y/'],
  ['the last line loses its end', 'a/b/', 'a/b', '@@ -1,2 +1,2 @@/ a/-b/+b/\\ No newline at end of file/'],
  ['the last line gets an end', 'a/b', 'a/b/', '@@ -1,2 +1,2 @@/ a/-b/\\ No newline at end of file/+b/'],
  [
    'the last line has no end, before and after',
    'a/b',
    'a/c',
    '@@ -1,2 +1,2 @@/ a/-b/\\ No newline at end of file/+c/\\ No newline at end of file/',
  ],
  [
    'the last line has no end, and is not changed',
    'a/b/c',
    'x/b/c',
    '@@ -1,3 +1,3 @@/-a/+x/ b/ c/\\ No newline at end of file/',
  ],
  [
    'lines follow one that had no end',
    'a',
    'a/b/c',
    '@@ -1 +1,3 @@/-a/\\ No newline at end of file/+a/+b/+c/\\ No newline at end of file/',
  ],
  [
    'six equal lines stay in one hunk',
    'a/1/2/3/4/5/6/b/',
    'x/1/2/3/4/5/6/y/',
    '@@ -1,8 +1,8 @@/-a/+x/ 1/ 2/ 3/ 4/ 5/ 6/-b/+y/',
  ],
  [
    'seven equal lines part two hunks',
    'a/1/2/3/4/5/6/7/b/',
    'x/1/2/3/4/5/6/7/y/',
    '@@ -1,4 +1,4 @@/-a/+x/ 1/ 2/ 3/@@ -6,4 +6,4 @@/ 5/ 6/ 7/-b/+y/',
  ],
  ['of equal lines the lowest is new', 'a/b/b/c/', 'a/b/b/b/c/', '@@ -1,4 +1,5 @@/ a/ b/ b/+b/ c/'],
  [
    'a block like the one before it goes as low as it can',
    '{{if .A}}/x/{{end}}//done/',
    '{{if .A}}/x/{{end}}//{{if .A}}/x/{{end}}//done/',
    '@@ -2,4 +2,8 @@/ x/ {{end}}/ /+{{if .A}}/+x/+{{end}}/+/ done/',
  ],
  [
    'a new block ends like the one before',
    '{{if .A}}/x/{{end}}/done/',
    '{{if .A}}/x/{{end}}/{{if .B}}/y/{{end}}/done/',
    '@@ -1,4 +1,7 @@/ {{if .A}}/ x/ {{end}}/+{{if .B}}/+y/+{{end}}/ done/',
  ],
  [
    'no change slides further than three lines into the equal end',
    'x/b/a/a/a/a/a/a/a/',
    'y/b/a/a/a/a/a/a/a/a/',
    '@@ -1,8 +1,9 @@/-x/+y/ b/ a/ a/ a/+a/ a/ a/ a/',
  ],
  [
    'a run stands level with one of the other side',
    'a/b/b/c/',
    'a/x/b/c/',
    '@@ -1,4 +1,4 @@/ a/-b/+x/ b/ c/',
  ],
  ['runs join where they meet', 'a/b/a/c/a/a/', 'a/c/b/a/', '@@ -1,6 +1,4 @@/ a/-b/-a/ c/-a/+b/ a/'],
  ['a moved line', 'a/b/c/d/e/', 'b/c/d/a/e/', '@@ -1,5 +1,5 @@/-a/ b/ c/ d/+a/ e/'],
  ['swapped lines', 'a/b/a/b/', 'b/a/b/a/', '@@ -1,4 +1,4 @@/-a/ b/ a/ b/+a/'],
  [
    "the example of Myers' paper",
    'a/b/c/a/b/b/a/',
    'c/b/a/b/a/c/',
    '@@ -1,7 +1,6 @@/-a/-b/ c/-a/ b/+a/ b/ a/+c/',
  ],
  [
    'a rare line is matched between new paragraphs',
    'a0/a1/a2/a3//b0/b1/b2/b3/end/',
    'c0/c1/c2/c3//d0/d1/d2/d3/end/',
    '@@ -1,10 +1,10 @@/-a0/-a1/-a2/-a3/+c0/+c1/+c2/+c3/ /-b0/-b1/-b2/-b3/+d0/+d1/+d2/+d3/ end/',
  ],
  [
    'a frequent line is not matched there',
    'a0/a1/a2/a3//b0/b1/b2/b3/1//2//3//4//5//6/end/a/',
    'c0/c1/c2/c3//d0/d1/d2/d3/1//2//3//4//5//6/end/c/',
    '@@ -1,12 +1,12 @@/-a0/-a1/-a2/-a3/-/-b0/-b1/-b2/-b3/+c0/+c1/+c2/+c3/+/+d0/+d1/+d2/+d3/ 1/ / 2/@@ -19,4 +19,4 @@/ / 6/ end/-a/+c/',
  ],
  [
    'from the eighth line of a stretch on, one rare line is enough to pass frequent ones over',
    'k/u0/u1/u2/u3/u4//u5//u6/u7//u8/u9//u10/end/a/',
    'j///v0/////end/b/',
    '@@ -1,18 +1,10 @@/-k/-u0/-u1/-u2/-u3/-u4/-/-u5/+j/+/+/+v0/+/ /-u6/-u7/ /-u8/-u9/ /-u10/ end/-a/+b/',
  ],
  [
    'spaces count, and empty lines show',
    'a//b/ /c/',
    'a//b /  /c/',
    '@@ -1,5 +1,5 @@/ a/ /-b/- /+b /+  / c/',
  ],
  ['\\r belongs to its line', 'a\r/b\r/c\r/', 'a\r/b/c\r/', '@@ -1,3 +1,3 @@/ a\r/-b\r/+b/ c\r/'],
  [
    'only \\n ends a line',
    'a\u2028b/c\fd/e\u0085f/g\rh/',
    'a\u2028b/c\fd/e\u0085f/g\rx/',
    '@@ -1,4 +1,4 @@/ a\u2028b/ c\fd/ e\u0085f/-g\rh/+g\rx/',
  ],
  ['any script', 'é漢字/🙂/é/', 'é漢字/🙃/e\u0301/', '@@ -1,3 +1,3 @@/ é漢字/-🙂/-é/+🙃/+e\u0301/'],
  [
    'lines that look like a diff',
    '--- a/-b/+c/@@ -1 +1 @@/\\ No newline at end of file/',
    '--- a/-b/+x/@@ -1 +1 @@/\\ No newline/',
    '@@ -1,5 +1,5 @@/ --- a/ -b/-+c/++x/ @@ -1 +1 @@/-\\ No newline at end of file/+\\ No newline/',
  ],
];

/** What a patch makes of a text. Throws where the two do not fit. */
function patched(text: string, diff: string): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const made: string[] = [];
  let at = 0;
  const rows = diff.split('\n').slice(2, -1);
  rows.forEach((row, n) => {
    const range = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(row);
    if (range !== null) {
      const [, start, count = '1', newStart, newCount = '1'] = range;
      const end = Number(start) - (count === '0' ? 0 : 1);
      while (at < end) made.push(lines[at++] ?? '');
      expect(made.length).toBe(Number(newStart) - (newCount === '0' ? 0 : 1));
      return;
    }
    if (row.startsWith('\\')) return;
    const line = row.slice(1) + (rows[n + 1]?.startsWith('\\ No newline') ? '' : '\n');
    if (row[0] !== '+') {
      if (lines[at] !== line) throw new Error(`line ${at + 1} is not ${row}`);
      at += 1;
    }
    if (row[0] !== '-') made.push(line);
  });
  return made.concat(lines.slice(at)).join('');
}

/** What GNU diff prints for each pair: one process that compares two folders, as a process for each takes long. */
function gnuDiffs(pairs: readonly Pair[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'px0-diff-'));
  try {
    for (const name of ['from', 'to']) mkdirSync(join(folder, name));
    pairs.forEach(([from, to], n) => {
      writeFileSync(join(folder, 'from', `${n}`), from);
      writeFileSync(join(folder, 'to', `${n}`), to);
    });
    const { stdout, stderr } = spawnSync('diff', ['-a', '-u', '-r', 'from', 'to'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    expect(stderr).toBe('');
    const printed = stdout.split(/^diff .* to\/(\d+)\n---.*\n\+\+\+.*\n/m);
    const diffs = pairs.map(() => '');
    for (let i = 1; i < printed.length; i += 2)
      diffs[Number(printed[i])] = `--- v1\n+++ v2\n${printed[i + 1]}`;
    return diffs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const WORDS =
  'you are a helpful assistant answer the question with care only from facts below never {{.Name}} {{.Tone}}'.split(
    ' ',
  );
const ACTIONS = ['{{if .User}}', '{{range .Items}}', '{{else}}', '{{end}}', '{{end}}', '---'];

const sentence = (dice: SeededRandom): string => dice.several(1, 9, () => dice.pick(WORDS)).join(' ');
const promptLine = (dice: SeededRandom): string =>
  dice.pick([() => '', () => dice.pick(ACTIONS), sentence, sentence, sentence])(dice);
const paragraph = (dice: SeededRandom): string[] => [...dice.several(1, 8, () => sentence(dice)), ''];
const ended = (dice: SeededRandom, lines: readonly string[]): string =>
  lines.join('\n') + (lines.length > 0 && dice.below(5) > 0 ? '\n' : '');

/** A prompt, and the same after some edits of the kinds that people make. */
function everydayEdit(dice: SeededRandom): Pair {
  const from = dice.pick([
    () => dice.several(1, 80, () => promptLine(dice)),
    () => dice.several(2, 30, () => paragraph(dice)).flat(),
  ])();
  const to = [...from];
  dice.several(1, 6, () => {
    const at = dice.below(to.length + 1);
    dice.pick([
      () => to.splice(at, 1, sentence(dice)),
      () => to.splice(at, 0, promptLine(dice)),
      () => to.splice(at, dice.below(8)),
      () => to.splice(at, dice.below(12), ...dice.several(1, 12, () => promptLine(dice))),
      () => to.splice(at, dice.below(30), ...dice.several(0, 5, () => paragraph(dice)).flat()),
      () => to.splice(at, 0, ...to.slice(at, at + dice.below(6))),
      () => to.splice(dice.below(to.length + 1), 0, ...to.splice(at, dice.below(8))),
    ])();
  });
  return [ended(dice, from), ended(dice, to)];
}

/** Texts in which almost every line has many partners. */
function hardPair(dice: SeededRandom): Pair {
  const letters = 'abcdefghijkl'.slice(0, 1 + dice.below(12));
  const rare = dice.below(3);
  const line = (): string => (dice.below(4) < rare ? `${dice.below(1e6)}` : dice.pick([...letters]));
  const from = dice.pick([
    () => dice.several(0, 400, line),
    () => dice.several(1, 15, () => [...letters.slice(0, 4)]).flat(),
  ])();
  const to = dice.pick([() => dice.several(0, 400, line), () => [...from], () => [...from]])();
  dice.several(1, 8, () => {
    to.splice(dice.below(to.length + 1), dice.below(12), ...dice.several(0, 12, line));
  });
  return [ended(dice, from), ended(dice, to)];
}

/** From 256 lines on it takes more than ten blank lines, not five, to make them frequent ones. */
function pairNear256Lines(dice: SeededRandom): Pair {
  const common = dice.several(4, 11, () => [`${dice.below(1e6)}`, '']).flat();
  while (common.length < 240) common.push(`${common.length}`);
  const rewritten = (side: string): string[] => ['1', '2', '3', '', '4', '5', '6'].map((n) => n && side + n);
  const from = [...rewritten('from'), ...common, ...dice.several(6, 12, () => 'gone')];
  return [ended(dice, from), ended(dice, [...rewritten('to'), ...common, ...Array(20).fill('new')])];
}

test.each(RECORDED)('prints what GNU diff prints: %s', (_name, from, to, hunks) => {
  const [fromText, toText, expected] = [from, to, hunks].map((text) => text.replaceAll('/', '\n')) as [
    string,
    string,
    string,
  ];
  expect(diffOf([fromText, toText])).toBe(`--- v1\n+++ v2\n${expected}`);
});

test.each(['', 'a', 'a\nb\n'])('prints nothing for equal texts: %j', (text) => {
  expect(unifiedDiff(text, text, LABELS)).toBe('');
});

test('prints the labels as they are', () => {
  expect(unifiedDiff('a\n', '', { from: 'greeting v7', to: 'empty' })).toBe(
    '--- greeting v7\n+++ empty\n@@ -1 +0,0 @@\n-a\n',
  );
});

test('tells lone surrogates apart, and keeps them', () => {
  expect(diffOf(['x\ud800\n', 'x\ud801\n'])).toBe('--- v1\n+++ v2\n@@ -1 +1 @@\n-x\ud800\n+x\ud801\n');
});

describe('next to the diff on this machine', () => {
  beforeAll(() => {
    let version: string;
    try {
      version = execFileSync('diff', ['--version'], { encoding: 'utf8' });
    } catch (error) {
      throw new Error('GNU diffutils is needed on the PATH: this test compares with its diff', {
        cause: error,
      });
    }
    expect(version, 'the diff on the PATH').toContain('GNU diffutils');
  });

  test.each([
    { kind: 'everyday edits', count: 1_500, pairOf: everydayEdit },
    { kind: 'hard texts', count: 1_500, pairOf: hardPair },
    { kind: 'texts of about 256 lines', count: 100, pairOf: pairNear256Lines },
  ])('$count random $kind: the same to the byte, and the patch applies', { timeout: 60_000 }, (row) => {
    const dice = new SeededRandom(2_026);
    const pairs = Array.from({ length: row.count }, () => row.pairOf(dice));
    const expected = gnuDiffs(pairs);
    const actual = pairs.map(diffOf);
    const different = pairs.filter((_, n) => actual[n] !== expected[n]);
    process.stdout.write(`${row.kind}: ${different.length} of ${row.count} differ from GNU diff\n`);
    expect(different).toEqual([]);
    pairs.forEach(([from, to], n) => {
      expect(patched(from, actual[n] ?? '')).toBe(to);
    });
  });
});

describe('texts of 256 KiB that are meant to take long', () => {
  const SIZE = 262_144;
  const dice = new SeededRandom(7);
  const text = (line: (n: number) => string): string => {
    const lines: string[] = [];
    for (let size = 0; size < SIZE; size += (lines.at(-1) ?? '').length + 1) lines.push(line(lines.length));
    return `${lines.join('\n').slice(0, SIZE - 1)}\n`;
  };
  const numbered = text((n) => n.toString(36));
  const shuffled = (source: string): string => {
    const lines = source.split('\n').slice(0, -1);
    lines.forEach((line, n) => {
      const other = dice.below(n + 1);
      lines[n] = lines[other] as string;
      lines[other] = line;
    });
    return `${lines.join('\n')}\n`;
  };
  const sparse = (): string => text(() => (dice.below(500) === 0 ? 'b' : ''));

  test.each<readonly [name: string, ...Pair]>([
    ['all lines differ', numbered, text((n) => `!${n.toString(36)}`)],
    ['all lines shuffled', numbered, shuffled(numbered)],
    ['all lines in reverse', numbered, `${numbered.split('\n').reverse().join('\n').slice(1)}\n`],
    ['every other line gone', numbered, numbered.replace(/(.*\n).*\n/g, '$1')],
    ['a b a b, and b a b a', 'a\nb\n'.repeat(SIZE / 4), 'b\na\n'.repeat(SIZE / 4)],
    ['a b a b, and a a b b', 'a\nb\n'.repeat(SIZE / 4), 'a\na\nb\nb\n'.repeat(SIZE / 8)],
    ['two letters at random', text(() => dice.pick(['a', 'b'])), text(() => dice.pick(['a', 'b']))],
    ['200 words at random', text(() => `${dice.below(200)}`), text(() => `${dice.below(200)}`)],
    ['only empty lines, and half of them', '\n'.repeat(SIZE), '\n'.repeat(SIZE / 2)],
    ['long runs of empty lines', sparse(), sparse()],
    ['nothing, and only empty lines', '', '\n'.repeat(SIZE)],
  ])('takes less than 2 s of processor time, and the patch applies: %s', (_name, from, to) => {
    const before = process.cpuUsage();
    const diff = unifiedDiff(from, to, LABELS);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(2);
    expect(patched(from, diff) === to).toBe(true);
  });
});
