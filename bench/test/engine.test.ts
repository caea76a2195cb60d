import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { judge } from '#engine/bars.js';
import { benchEngine } from '#engine/bench.js';
import { ENGINE_NAMES, type EngineName } from '#engine/engines/table.js';
import { startEngines } from '#engine/measure.js';
import { assertSameOutputs, OutputsDifferError } from '#engine/same-outputs.js';
import { TEMPLATE_NAMES, TEMPLATES } from '#engine/templates/all.js';
import { quantile, type Spread } from '#measuring/statistics.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const goIsInstalled = spawnSync('go', ['version']).status === 0;

test('all engines, and Go where it is installed, render the same bytes', async () => {
  const engines = await startEngines(ENGINE_NAMES);
  await engines.stop();
  expect([...engines.processes.keys()]).toEqual(
    ENGINE_NAMES.filter((name) => name !== 'go' || goIsInstalled),
  );
  const { greeting, loop, chat, tables } = engines.outputs;
  expect(greeting).toBe('Hello Clara Weber, welcome to Northwind Desk! You have 7 new messages.');
  expect(loop.match(/^- /gm)).toHaveLength(10);
  expect(tables.match(/^\|( [^|]+ \|){4}$/gm)).toHaveLength(3 * (1 + 6));
  expect(Math.abs(chat.length - 8192)).toBeLessThanOrEqual(200);
  expect(TEMPLATES.chat.sources.go.match(/\{\{/g)).toHaveLength(30);
}, 60_000);

test('what is rendered is ASCII, with nothing in the data that HTML would escape', () => {
  for (const name of TEMPLATE_NAMES) {
    const { data, sources } = TEMPLATES[name];
    expect(Object.values(sources).join('')).toMatch(/^[\n\x20-\x7e]*$/);
    JSON.parse(data, (_key, value: unknown) => {
      if (typeof value === 'string') expect(value).toMatch(/^[\x20-\x7e]*$/);
      if (typeof value === 'string') expect(value).not.toMatch(/[&<>"'`=]/);
      return value;
    });
  }
});

test('a difference names the template, the engines and the place', () => {
  const outputs = new Map([
    ['px0', { greeting: 'same', loop: 'a list of ten items' }],
    ['eta', { greeting: 'same', loop: 'a list of two items' }],
  ]);
  expect(() => assertSameOutputs(outputs)).toThrow(OutputsDifferError);
  expect(() => assertSameOutputs(outputs)).toThrow(
    'the template loop differs at character 11: ' +
      'px0 renders "a list of ten items", eta renders "a list of two items"',
  );
});

test('an output that is missing or goes on is a difference', () => {
  const withLoop = (loop: string) =>
    new Map([['px0', { loop: 'text' }] as const, ['eta', { loop }] as const]);
  expect(() => assertSameOutputs(withLoop('text'))).not.toThrow();
  expect(() => assertSameOutputs(withLoop('text\n'))).toThrow(OutputsDifferError);
  expect(() => assertSameOutputs(withLoop(''))).toThrow(OutputsDifferError);
  expect(() =>
    assertSameOutputs(
      new Map([
        ['px0', { loop: 'text' }],
        ['eta', {}],
      ]),
    ),
  ).toThrow(OutputsDifferError);
});

const medians = (times: Partial<Record<EngineName, number>>) =>
  Object.fromEntries(
    Object.entries(times).map(([name, median]) => [name, { median, low: median, high: median }]),
  ) as Partial<Record<EngineName, Spread>>;

const figuresOf = (render: Partial<Record<EngineName, number>>, compile?: number) => ({
  bytes: 1,
  render: medians(render),
  ratio: medians(
    Object.fromEntries(
      Object.entries(render)
        .filter(([name]) => name !== 'px0' && render.px0 !== undefined)
        .map(([name, time]) => [name, time / (render.px0 ?? Number.NaN)]),
    ),
  ),
  first: {},
  compile: compile === undefined ? undefined : { compile, load: 1 },
});

test('the bars are judged by the medians of the ratios, each at its own edge', () => {
  const bars = judge({
    versions: {},
    templates: {
      greeting: figuresOf(
        {
          px0: 100,
          go: 800,
          handlebars: 101,
          nunjucks: 100,
          liquid: 1000,
          mustache: 99,
          eta: 50,
          hand: 30,
          floor: 1,
        },
        199_999,
      ),
      chat: figuresOf({ px0: 100, go: 799, eta: 49.9 }, 5_000_000),
    },
  });
  expect(bars.map((bar) => [bar.template, bar.wanted, bar.found, bar.held])).toEqual([
    ['greeting', 'at least 8x as fast as Go', '8.00x', true],
    ['greeting', 'faster than Handlebars', '1.01x', true],
    ['greeting', 'faster than Nunjucks', '1.00x', false],
    ['greeting', 'faster than LiquidJS', '10.00x', true],
    ['greeting', 'faster than Mustache', '0.99x', false],
    ['greeting', 'at least 0.5x as fast as Eta', '0.50x', true],
    ['greeting', 'compile under 200 us', '200.0 us', true],
    ['chat', 'at least 8x as fast as Go', '7.99x', false],
    ['chat', 'at least 0.5x as fast as Eta', '0.50x', false],
    ['chat', 'compile under 5000 us', '5000.0 us', false],
  ]);
});

test('without px0, or beside nobody, no bar is judged', () => {
  expect(judge({ versions: {}, templates: { loop: figuresOf({ go: 800, eta: 50 }) } })).toEqual([]);
  expect(judge({ versions: {}, templates: { loop: figuresOf({ px0: 800 }, 1) } })).toEqual([]);
});

test.each([
  [[3], 0.5, 3],
  [[4, 1, 3], 0.5, 3],
  [[4, 1, 3, 2], 0.5, 2.5],
  [[5, 1, 4, 2, 3], 0.25, 2],
  [[5, 1, 4, 2, 3], 0.75, 4],
])('of %j, the quantile %d is %d', (values, share, expected) => {
  expect(quantile(values, share)).toBe(expected);
});

test('a short run of two engines prints its table and its bars, and writes the figures', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'px0-bench-test-'));
  const file = path.join(directory, 'figures.json');
  const words = [
    '--rounds=1',
    '--seconds=0.01',
    '--only=mustache,px0',
    '--templates=greeting',
    `--json=${file}`,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'engine', ...words], {
    encoding: 'utf8',
  });
  const figures: unknown = JSON.parse(await readFile(file, 'utf8'));
  await rm(directory, { recursive: true });

  expect(status).toBe(0);
  expect(stderr).toContain('round 1 of 1');
  expect(stdout).toMatch(/^greeting, 70 bytes/m);
  expect(stdout).toMatch(/^ {2}Mustache +\d+ +\d+ to \d+ +\d+\.\d\dx/m);
  expect(stdout).toMatch(/^bars: \d of 2 held$/m);
  const time = { median: expect.any(Number), low: expect.any(Number), high: expect.any(Number) };
  expect(figures).toMatchObject({
    versions: { px0: 'of this checkout', mustache: expect.any(String) },
    templates: {
      greeting: {
        bytes: 70,
        render: { px0: time, mustache: time },
        ratio: { mustache: time },
        first: { px0: time, mustache: time },
        compile: { compile: expect.any(Number), load: expect.any(Number) },
      },
    },
    bars: [{ wanted: 'faster than Mustache' }, { wanted: 'compile under 200 us' }],
  });
}, 60_000);

test('without Go, a run says so and goes on', () => {
  const words = ['--rounds=1', '--seconds=0.01', '--only=px0,go', '--templates=greeting'];
  const { status, stdout } = spawnSync(process.execPath, [MAIN, 'engine', ...words], {
    encoding: 'utf8',
    env: { PATH: path.join(tmpdir(), 'no-such-directory') },
  });
  expect(status).toBe(0);
  expect(stdout).toContain('Go is not installed: its line and its bars are left out\n');
  expect(stdout).toMatch(/^bars: \d of 1 held$/m);
}, 60_000);

test.each([
  [['--only=px0,jinja'], '--only: "jinja" is none of px0, go,'],
  [['--templates='], '--templates: "" is none of greeting,'],
  [['--rounds=1.5'], '--rounds must be a whole number above 0'],
  [['--seconds=0'], '--seconds must be a number above 0'],
])('refuses %j', async (words, message) => {
  await expect(benchEngine(words)).rejects.toThrow(message);
});
