import { setImmediate as nextTurn } from 'node:timers/promises';
import { LOG_LENGTH } from '@px0/contract';
import { SimulatedReader, SimulatedWriter } from '#simulation/feed-ends.js';
import { EMPTY, FeedStore } from '#simulation/feed-store.js';
import { Link, Network, Process } from '#simulation/network.js';
import { newTally } from '#simulation/tally.js';
import { World } from '#simulation/world.js';
import type { House } from './feed-houses.js';

/** Milliseconds of simulated time that pass between two turns of the real one. */
const STEP = 5;

/**
 * The store of the simulation, and its ends: they are written for it, after those that ship. In good weather
 * they must do the same. Its time passes as fast as it can.
 */
export async function openSimulatedHouse(): Promise<House> {
  const world = new World(1, newTally(), false);
  // Nothing takes any time: what is sent first arrives first, as it does on one connection.
  world.weather = { callTrouble: 0, bellTrouble: 0, latency: 0 };
  const store = new FeedStore(
    { isFenced: true, logLength: LOG_LENGTH },
    { appended: () => {}, rebuilt: () => {} },
  );
  const network = new Network(world);
  const access = (name: string) => ({
    world,
    network,
    store,
    process: new Process(name),
    link: new Link(),
  });
  let isOpen = true;
  const passing = (async () => {
    while (isOpen) {
      await world.time.passUntil(world.time.now + STEP);
      await nextTurn();
    }
  })();
  return {
    writer: new SimulatedWriter(access('writer'), () => {}),
    reader: new SimulatedReader(access('reader')),
    looksAhead: true,
    empty: async () => store.restore(EMPTY),
    tearDown: async () => {
      isOpen = false;
      await passing;
    },
  };
}
