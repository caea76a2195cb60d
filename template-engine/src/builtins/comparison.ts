import { Formatter } from '../format/formatter.js';
import { PLAIN } from '../format/spec.js';
import type { Rendering } from '../render/rendering.js';
import { Complex } from '../values/complex.js';
import { Integer } from '../values/integer.js';
import { bytesOf, type GoString, isString, sizeOf } from '../values/raw-string.js';
import { compareBytes, compareUtf8 } from '../values/utf8.js';
import { type Kind, kindOf, typeName, type Value } from '../values/value.js';
import { type Call, type Eager, failCall } from './builtin.js';

const INVALID_TYPE = 'invalid type for comparison';

/** Kinds that compare with each other; maps and slices compare with nothing. */
type BasicKind = 'bool' | 'integer' | 'float' | 'complex' | 'string' | 'none';

const BASIC_KINDS: Record<Kind, BasicKind> = {
  invalid: 'none',
  bool: 'bool',
  int: 'integer',
  uint8: 'integer',
  float64: 'float',
  complex128: 'complex',
  string: 'string',
  slice: 'none',
  map: 'none',
};

const basicKind = (value: Value): BasicKind => BASIC_KINDS[kindOf(value)];
const isNothing = (value: Value): boolean => value === null || value === undefined;

function isEqual(a: Value, b: Value, rendering: Rendering, call: Call): boolean {
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length === b.length) rendering.chargeText(a.length, call.node);
    return a === b;
  }
  if (typeof a === 'number' && typeof b === 'number') return a === b;
  if (a instanceof Integer && b instanceof Integer) return a.compareTo(b) === 0;
  const kind = basicKind(a);
  if (kind !== basicKind(b)) {
    if (isNothing(a) || isNothing(b)) return false;
    return failCall(rendering, call, `incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  }
  if (a instanceof Complex && b instanceof Complex) return a.equals(b);
  if (isString(a) && isString(b)) return compareStrings(a, b, rendering, call) === 0;
  if (kind !== 'none') return a === b;
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  return failCall(rendering, call, notComparable(a, b, rendering, call));
}

/** Go shows the values where it means the types, and the types where it means the values. */
function notComparable(a: Value, b: Value, rendering: Rendering, call: Call): string {
  const formatter = new Formatter(rendering.formatLimits(call.node));
  const asText = (value: Value): GoString => formatter.format(value, { ...PLAIN, verb: 's' });
  if (kindOf(a) === kindOf(b)) return `non-comparable type ${asText(b)}: ${typeName(b)}`;
  return `non-comparable types ${asText(a)}: ${typeName(a)}, ${typeName(b)}: ${formatter.print(b)}`;
}

/** @returns a number below, at or above 0 */
function compare(a: Value, b: Value, rendering: Rendering, call: Call): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a instanceof Integer && b instanceof Integer) return a.compareTo(b);
  if (typeof a === 'string' && typeof b === 'string') {
    rendering.chargeText(Math.min(a.length, b.length), call.node);
    return compareUtf8(a, b);
  }
  if (isString(a) && isString(b)) return compareStrings(a, b, rendering, call);
  const kinds = [basicKind(a), basicKind(b)];
  if (kinds.includes('none') || kinds[0] === kinds[1]) return failCall(rendering, call, INVALID_TYPE);
  return failCall(rendering, call, `incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}

/** Of which one is not UTF-8. */
function compareStrings(a: GoString, b: GoString, rendering: Rendering, call: Call): number {
  rendering.chargeText(sizeOf(a) + sizeOf(b), call.node);
  return compareBytes(bytesOf(a), bytesOf(b));
}

type Comparison = (a: Value, b: Value, rendering: Rendering, call: Call) => boolean;

function ofTwo(compare: Comparison): Eager {
  return { kind: 'eager', least: 2, most: 2, two: compare };
}

/** eq a b … : whether a equals any of the others. */
export const eq: Eager = {
  kind: 'eager',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  two: isEqual,
  many: ([first, ...others], rendering, call) =>
    others.length === 0
      ? failCall(rendering, call, 'missing argument for comparison')
      : others.some((other) => isEqual(first, other, rendering, call)),
};

export const ne = ofTwo((a, b, rendering, call) => !isEqual(a, b, rendering, call));
export const lt = ofTwo((a, b, rendering, call) => compare(a, b, rendering, call) < 0);
export const le = ofTwo((a, b, rendering, call) => compare(a, b, rendering, call) <= 0);
export const gt = ofTwo((a, b, rendering, call) => compare(a, b, rendering, call) > 0);
export const ge = ofTwo((a, b, rendering, call) => compare(a, b, rendering, call) >= 0);
