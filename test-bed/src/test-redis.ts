import { randomUUID } from 'node:crypto';
import { announced } from './environment.js';

/** @returns the test run's shared Redis, and a key space of one's own on it */
export function testRedis(): { readonly url: string; readonly prefix: string } {
  return { url: announced('redis'), prefix: `test-${randomUUID()}` };
}
