import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { compile, LimitExceededError, load } from '#index.js';
import { RENDERINGS } from './hostile-cases.js';
import { inTime } from './in-time.js';
import { Prototypes } from './mutant.js';

const prototypes = new Prototypes();
afterAll(() => expect(prototypes.changed()).toEqual([]));

describe('no rendering within the limits takes long', () => {
  it.each(Object.keys(RENDERINGS))('%s', (what) => {
    const [source, data] = RENDERINGS[what] ?? [''];
    const template = load(compile(source, { name: 't' }));
    const given = data?.() ?? {};
    expect(() => inTime(() => template.render(given))).toThrow(LimitExceededError);
  });
});

// What each leaves behind adds up, unless it can be collected: one process renders them all.
const GREEDY = [
  'a tree of calls without end',
  'calls that keep texts',
  'calls that keep lists',
  'calls that keep loops',
  'calls with many variables',
  'many long operands',
  'many operands that are not UTF-8',
  'stray bytes, quoted',
  'stray bytes, escaped',
  'stray bytes, one by one',
  'doubling',
  'growing by one',
  'many copies',
  'sorting long keys',
  'cutting lists',
  'bytes in base 16',
];

const CHILD = `
import { compile, load } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
let input = '';
for await (const chunk of process.stdin) input += chunk;
for (const { source, data } of JSON.parse(input)) {
  try {
    load(compile(source, { name: 't' })).render(data);
  } catch (error) {
    if (error.limit === undefined) throw error;
    process.stdout.write(error.limit + ' ');
  }
}`;

it('the greediest do with 256 MB', async () => {
  const cases = GREEDY.map((what) => {
    const [source, data] = RENDERINGS[what] ?? [''];
    return { source, data: data?.() ?? {} };
  });
  const child = promisify(execFile)(
    process.execPath,
    ['--max-old-space-size=256', '--input-type=module', '-e', CHILD],
    { cwd: fileURLToPath(new URL('.', import.meta.url)) },
  );
  child.child.stdin?.end(JSON.stringify(cases));
  const { stdout } = await child;
  expect(stdout.trim().split(' ')).toHaveLength(GREEDY.length);
});
