import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyEngine } from './mutant.js';
import { MUTANTS, type Mutant } from './mutants.js';

const execute = promisify(execFile);
const checker = fileURLToPath(new URL('../conformance/dist/first-difference.js', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'px0-mutants-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** @returns the first vector that gives the engine away, as JSON, or nothing */
async function firstDifference(name: string, mutant?: Mutant): Promise<string> {
  const url = await copyEngine(join(folder, name.replace(/\W+/g, '-')), mutant);
  // In a process of its own, which a wrong engine may take down.
  const { stdout } = await execute('node', [checker, url, mutant?.likely ?? 'control.jsonl']);
  return stdout;
}

describe.concurrent('the vectors notice an engine that is wrong about', () => {
  it.each(MUTANTS)('$name', async (mutant) => {
    expect(await firstDifference(mutant.name, mutant)).not.toBe('');
  });
});

it('the vectors find nothing wrong with the engine as it is', async () => {
  expect(await firstDifference('unchanged')).toBe('');
});
