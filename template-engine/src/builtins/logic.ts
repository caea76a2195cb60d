import { isTrue } from '../values/value.js';
import type { Eager, ShortCircuit } from './builtin.js';

export const and: ShortCircuit = { kind: 'shortCircuit', stopsAt: false };
export const or: ShortCircuit = { kind: 'shortCircuit', stopsAt: true };

export const not: Eager = {
  kind: 'eager',
  least: 1,
  most: 1,
  one: (value) => !isTrue(value),
  many: ([value]) => !isTrue(value),
};
