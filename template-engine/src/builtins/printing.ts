import { printf as formatValues, print as printValues } from '../format/printf.js';
import type { Rendering } from '../render/rendering.js';
import type { Value } from '../values/value.js';
import type { Call, Eager } from './builtin.js';

/** print a b … : Go's Sprint. */
export const print: Eager = {
  kind: 'eager',
  least: 0,
  most: Number.POSITIVE_INFINITY,
  many: (args, rendering, call) =>
    charged(printValues(args, rendering.formatLimits(call.node)), rendering, call),
};

/** printf format a b … : Go's Sprintf. */
export const printf: Eager = {
  kind: 'eager',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  wantsString: true,
  many: ([format, ...args], rendering, call) =>
    charged(formatValues(String(format), args, rendering.formatLimits(call.node)), rendering, call),
};

function charged(text: string, rendering: Rendering, call: Call): Value {
  rendering.chargeText(text.length, call.node);
  return text;
}
