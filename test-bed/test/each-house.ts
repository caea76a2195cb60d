import { afterEach, beforeEach, describe } from 'vitest';
import { HOUSES, type House } from './feed-houses.js';
import { openSimulatedHouse } from './simulated-house.js';

/**
 * Describes what holds of a feed in every house, and in the simulation.
 * @param what `%s` is the house
 * @param tests given what tells the house of the test that runs; each has its own
 */
export function describeEachHouse(what: string, tests: (house: () => House) => void): void {
  const all = Object.entries({ ...HOUSES, 'the simulation': openSimulatedHouse });
  describe.each(all)(what, (_name, open) => {
    let house: House | undefined;
    beforeEach(async () => {
      house = await open();
    });
    afterEach(async () => {
      await house?.writer.close();
      await house?.reader.close();
      await house?.tearDown();
    });
    tests(() => {
      if (house === undefined) throw new Error('no test runs');
      return house;
    });
  });
}
