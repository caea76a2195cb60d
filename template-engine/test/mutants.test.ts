import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MUTANTS, type Mutant } from './mutants.js';

const execute = promisify(execFile);
const engine = fileURLToPath(new URL('../dist', import.meta.url));
const checker = fileURLToPath(new URL('../conformance/dist/first-difference.js', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px0-mutants-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** @returns the first vector that gives the engine away, as JSON, or nothing */
async function firstDifference(name: string, mutant?: Mutant): Promise<string> {
  const copy = join(folder, name.replace(/\W+/g, '-'));
  await cp(engine, copy, { recursive: true, filter: (source) => !/\.map$|\.d\.ts$/.test(source) });
  if (mutant !== undefined) await mutate(join(copy, mutant.file), mutant);
  const url = pathToFileURL(join(copy, 'index.js')).href;
  const { stdout } = await execute('node', [checker, url, mutant?.likely ?? 'control.jsonl']);
  return stdout;
}

async function mutate(file: string, { name, text, replacement }: Mutant): Promise<void> {
  const parts = (await readFile(file, 'utf8')).split(text);
  if (parts.length !== 2) {
    throw new Error(`mutant "${name}": its text occurs ${parts.length - 1} times in ${file}, not once`);
  }
  await writeFile(file, parts.join(replacement));
}

describe.concurrent('the vectors notice an engine that is wrong about', () => {
  it.each(MUTANTS)('$name', async (mutant) => {
    expect(await firstDifference(mutant.name, mutant)).not.toBe('');
  });
});

it('the vectors find nothing wrong with the engine as it is', async () => {
  expect(await firstDifference('unchanged')).toBe('');
});
