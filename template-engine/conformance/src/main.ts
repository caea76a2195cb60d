import { parseArgs } from 'node:util';
import { Oracle } from './oracle.js';
import { Run } from './run.js';

const DEFAULT_CASES = 20_000;

/** @returns the exit status: whether there was a difference */
async function main(): Promise<number> {
  const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
  const cases = Number(values.cases ?? DEFAULT_CASES);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
  if (!Number.isSafeInteger(cases) || cases < 1 || !Number.isSafeInteger(seed) || seed < 0) {
    throw new Error('Usage: npm run conformance -- --cases N --seed S, both whole numbers.');
  }
  const oracle = await Oracle.build();
  try {
    const differences = await new Run(oracle, seed).over(cases);
    return differences === 0 ? 0 : 1;
  } finally {
    await oracle.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
