import { afterAll, beforeAll, expect, test } from 'vitest';
import { Journal } from '#chaos/journal.js';
import { Chaos } from '#chaos/run.js';

/**
 * Milliseconds after which gateways must agree with the database. It takes less than 5 s on a machine with nothing
 * else to do, which the line that is printed shows; but the whole test run shares its cores, and a dozen
 * processes of the installation start again meanwhile.
 */
const AGREEMENT = 30_000;

const BACK_TO_SAVED = 'Redis: killed, and comes back as it was when it was saved last';
const BACK_TO_COPY = 'Postgres: killed, and comes back as it was when it was copied last';
const EMPTIED = 'Redis: FLUSHALL';

/** Seeds, and what must go wrong by each: a fault that is added or goes changes what a seed stands for. */
const SEEDS: [seed: number, faults: readonly string[]][] = [
  // Both back to copies that were made together.
  [20, [BACK_TO_COPY, BACK_TO_SAVED, 'Postgres: stopped', 'gateway 2: killed']],
  [35, [EMPTIED, 'Postgres: killed', 'Redis: stopped', 'control plane A: stopped', 'gateway 2: killed']],
  [88, [EMPTIED, BACK_TO_SAVED, 'Postgres: killed', 'control plane A to Redis: connections closed']],
];

let chaos: Chaos;

beforeAll(async () => {
  chaos = await Chaos.prepare(new Journal(), 2);
}, 180_000);

afterAll(() => chaos.close(), 60_000);

/** `npm run chaos` does the same for as long as one likes. */
test.each(SEEDS)(
  'whatever goes wrong by seed %i, gateways answer what they know, never fall back, and agree in the end',
  async (seed, faults) => {
    const summary = await chaos.run({ seed, seconds: 6, longestFault: 2 });
    process.stdout.write(
      `seed ${seed}: ${summary.faults.length} faults, ${summary.changes} changes, agreement after ${Math.round(summary.convergence)} ms\n`,
    );
    const story = () => `seed ${seed}\n${chaos.journal.lines.join('\n')}\n${chaos.lastWords()}`;
    expect(summary.violations, summary.violations.length > 0 ? story() : '').toEqual([]);
    expect(summary.faults).toEqual(expect.arrayContaining([...faults]));
    expect(summary.convergence).toBeLessThan(AGREEMENT);
    expect(summary.changes).toBeGreaterThan(0);
    for (const answers of summary.answers) expect(answers.get(200)).toBeGreaterThan(20);
  },
  180_000,
);
