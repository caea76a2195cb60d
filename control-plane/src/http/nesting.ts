import { Refusal } from './error-catalogue.js';

/** Objects and lists within each other. */
const DEEPEST = 64;

/**
 * To be asked of JSON that is kept: it travels through several encoders, each of which a deep nesting
 * would exhaust.
 *
 * @throws {Refusal} if a value is nested more than 64 deep
 */
export function demandShallow(value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw new Refusal('invalid_request_body');
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
  }
}
