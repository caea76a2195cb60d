import { printScalar } from '../format/formatter.js';
import { println as printLine, print as printValues } from '../format/print.js';
import { printf as formatValues } from '../format/printf.js';
import type { Rendering } from '../render/rendering.js';
import { type GoString, isString, sizeOf } from '../values/raw-string.js';
import type { Value } from '../values/value.js';
import type { Call, Eager } from './builtin.js';

/** print a b … : Go's Sprint. */
export const print: Eager = {
  kind: 'eager',
  least: 0,
  most: Number.POSITIVE_INFINITY,
  one: (value, rendering, call) =>
    charged(printScalar(value) ?? printValues([value], rendering.formatLimits(call.node)), rendering, call),
  many: (args, rendering, call) =>
    charged(printValues(args, rendering.formatLimits(call.node)), rendering, call),
};

/** println a b … : Go's Sprintln. */
export const println: Eager = {
  kind: 'eager',
  least: 0,
  most: Number.POSITIVE_INFINITY,
  many: (args, rendering, call) =>
    charged(printLine(args, rendering.formatLimits(call.node)), rendering, call),
};

/** printf format a b … : Go's Sprintf. */
export const printf: Eager = {
  kind: 'eager',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  wantsString: true,
  many: ([format, ...args], rendering, call) =>
    charged(
      formatValues(isString(format) ? format : '', args, rendering.formatLimits(call.node)),
      rendering,
      call,
    ),
};

/** Charges a text that a function made, and sees that it is not longer than the output may be. */
export function charged(text: GoString, rendering: Rendering, call: Call): Value {
  const size = sizeOf(text);
  rendering.chargeText(size, call.node);
  if (size > rendering.limits.outputBytes) rendering.formatLimits(call.node).exceeded('outputBytes');
  return text;
}
