import { afterAll, beforeAll, expect, test } from 'vitest';
import { Journal } from '#chaos/journal.js';
import { Chaos } from '#chaos/run.js';

/** Milliseconds after which gateways must agree with the database: 5 s, and room for a busy machine. */
const AGREEMENT = 30_000;

let chaos: Chaos;

beforeAll(async () => {
  chaos = await Chaos.prepare(new Journal(), 2);
}, 180_000);

afterAll(() => chaos.close(), 60_000);

/** `npm run chaos` does the same for as long as one likes. */
test.each([20, 35, 88])(
  'whatever goes wrong by seed %i, gateways answer what they know, never fall back, and agree in the end',
  async (seed) => {
    const summary = await chaos.run({ seed, seconds: 6, longestFault: 2 });
    process.stdout.write(
      `seed ${seed}: ${summary.faults} faults, ${summary.changes} changes, agreement after ${Math.round(summary.convergence)} ms\n`,
    );
    const story = () => `seed ${seed}\n${chaos.journal.lines.join('\n')}\n${chaos.lastWords()}`;
    expect(summary.violations, summary.violations.length > 0 ? story() : '').toEqual([]);
    expect(summary.convergence).toBeLessThan(AGREEMENT);
    expect(summary.changes).toBeGreaterThan(0);
    for (const answers of summary.answers) expect(answers.get(200)).toBeGreaterThan(20);
  },
  180_000,
);
