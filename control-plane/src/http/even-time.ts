import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from './error-catalogue.js';

/**
 * Milliseconds before which nobody hears a refusal of a code: more than it takes to count a try in the
 * database, also when several tries for one account wait for each other.
 */
const FLOOR = 100;

/**
 * Does work whose duration would tell what was found, such as an account: a refusal is held back until
 * a fixed time has passed.
 */
export async function withEvenRefusals<Result>(work: () => Promise<Result>): Promise<Result> {
  const floor = sleep(FLOOR);
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) await floor;
    throw error;
  }
}
