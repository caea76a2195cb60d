import { FOLLOWER_EVENTS, FOLLOWER_STATES, FOLLOWER_TABLE } from '@px0/render-gateway/parts';
import { expect, it } from 'vitest';
import { simulateEach, simulateOnAllCores } from '#simulation/many-threads.js';
import { MUTANTS } from '#simulation/mutants.js';
import { NO_FENCE, simulate, trace } from '#simulation/simulate.js';

const HISTORIES = 10_000;

/** What no history meets: a subscription that is over is told so once it was confirmed, and fails before that. */
const UNMET = ['subscribing × lost'];

it(`keeps what is promised through ${HISTORIES} histories, and does all that it can to break it`, async () => {
  const { histories, findings, tally } = await simulateOnAllCores({
    seed: 1,
    histories: HISTORIES,
    goesOn: true,
  });
  expect(findings).toEqual([]);
  expect(histories).toBe(HISTORIES);
  expect(tally.answers).toBeGreaterThan(HISTORIES * 50);
  for (const [deed, times] of Object.entries(tally.deeds)) expect(times, deed).toBeGreaterThan(0);
  const unmet = FOLLOWER_STATES.flatMap((state) => FOLLOWER_EVENTS.map((event) => ({ state, event })))
    .filter(({ state, event }) => {
      const { next, actions } = FOLLOWER_TABLE[state][event];
      return next !== state || actions.length > 0;
    })
    .map(({ state, event }) => `${state} × ${event}`)
    .filter((cell) => tally.cells[cell] === undefined);
  expect(unmet).toEqual(UNMET);
}, 600_000);

it('finds every fault of the list', async () => {
  const mutants: [string, number][] = Object.entries(MUTANTS).map(([mutant, { seed }]) => [mutant, seed]);
  mutants.push([NO_FENCE, 1]);
  const results = await simulateEach(
    mutants.map(([mutant, seed]) => ({ seed, histories: HISTORIES, mutant })),
  );
  const missed = mutants.filter((_, index) => results[index]?.findings.length === 0);
  expect(missed).toEqual([]);
  expect(mutants.length).toBeGreaterThan(15);
}, 600_000);

it('lives through a history of the same seed in the same way, to the millisecond', async () => {
  for (const seed of [7, 1_000_003]) {
    const first = await trace(seed);
    expect(first.length).toBeGreaterThan(100);
    expect(await trace(seed)).toEqual(first);
  }
});

it('tells of a violation what happened until then', async () => {
  const { findings } = await simulate({ seed: 1, histories: HISTORIES, mutant: NO_FENCE });
  const [finding] = findings;
  const lines = await trace(finding?.seed ?? 0, NO_FENCE);
  const words = finding?.words.split(': ').slice(1).join(': ');
  expect(lines.filter((line) => line.includes('VIOLATION'))).toEqual([expect.stringContaining(`${words}`)]);
});
