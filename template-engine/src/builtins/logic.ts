import { isTrue } from '../render/truth.js';
import type { Eager, ShortCircuit } from './builtin.js';

export const and: ShortCircuit = { kind: 'shortCircuit', stopsAt: false };
export const or: ShortCircuit = { kind: 'shortCircuit', stopsAt: true };

export const not: Eager = {
  kind: 'eager',
  least: 1,
  most: 1,
  one: (value, rendering, call) => !isTrue(value, rendering, call.node),
};
