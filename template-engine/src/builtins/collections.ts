import type { Rendering } from '../render/rendering.js';
import { byteOf, Integer, intOf } from '../values/integer.js';
import { type GoString, isString, RawString, sizeOf } from '../values/raw-string.js';
import { utf8ByteAt, utf8Length } from '../values/utf8.js';
import { isArray, isObject, typeName, type Value } from '../values/value.js';
import { type Call, type Eager, failCall } from './builtin.js';

function lengthOf(item: Value, rendering: Rendering, call: Call): Value {
  if (isString(item)) return intOf(bytesIn(item, rendering, call));
  if (isArray(item)) return intOf(item.length);
  if (isObject(item)) {
    const keys = Object.keys(item).length;
    rendering.charge(keys, call.node);
    return intOf(keys);
  }
  if (item === null) return failCall(rendering, call, 'len of nil pointer');
  if (item === undefined) {
    return failCall(rendering, call, 'reflect: call of reflect.Value.Type on zero Value');
  }
  return failCall(rendering, call, `len of type ${typeName(item)}`);
}

/** len: characters of a string in UTF-8 bytes, elements of an array, keys of an object. */
export const len: Eager = {
  kind: 'eager',
  least: 1,
  most: 1,
  one: lengthOf,
};

/** index x 1 "a" … : x[1]["a"]… */
export const index: Eager = {
  kind: 'eager',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  two: (item, key, rendering, call) => {
    if (item === null || item === undefined) return failCall(rendering, call, 'index of untyped nil');
    return elementOf(item, key, rendering, call);
  },
  many: ([item, ...keys], rendering, call) => {
    if (item === null || item === undefined) return failCall(rendering, call, 'index of untyped nil');
    return keys.reduce<Value>((inner, key) => elementOf(inner, key, rendering, call), item);
  },
};

function elementOf(item: Value, key: Value, rendering: Rendering, call: Call): Value {
  if (item === null) return failCall(rendering, call, 'index of nil pointer');
  if (isArray(item)) return item[positionIn(item.length, 'slice', key, rendering, call)];
  if (isObject(item)) {
    if (typeof key === 'string') return Object.hasOwn(item, key) ? item[key] : null;
    if (key instanceof RawString) return null;
    if (key === null || key === undefined) {
      return failCall(rendering, call, 'value is nil; should be of type string');
    }
    return failCall(rendering, call, `value has type ${typeName(key)}; should be string`);
  }
  if (isString(item)) {
    const position = positionIn(bytesIn(item, rendering, call), 'string', key, rendering, call);
    return byteOf((typeof item === 'string' ? utf8ByteAt(item, position) : item.bytes[position]) ?? 0);
  }
  return failCall(rendering, call, `can't index item of type ${typeName(item)}`);
}

/** @returns the position of an element; Go fails in two ways, right after the last one and beyond */
function positionIn(
  length: number,
  kind: 'slice' | 'string',
  key: Value,
  rendering: Rendering,
  call: Call,
): number {
  const position = indexIn(length, key, rendering, call);
  if (position === length) return failCall(rendering, call, `reflect: ${kind} index out of range`);
  return position;
}

/** Go's check of an index: an integer from 0 to a capacity. */
export function indexIn(capacity: number, index: Value, rendering: Rendering, call: Call): number {
  if (index instanceof Integer) {
    if (index.asNumber >= 0 && index.asNumber <= capacity) return index.asNumber;
    return failCall(rendering, call, `index out of range: ${index.asText}`);
  }
  if (index === null || index === undefined) {
    return failCall(rendering, call, 'cannot index slice/array with nil');
  }
  return failCall(rendering, call, `cannot index slice/array with type ${typeName(index)}`);
}

/** @returns how many bytes a string has; to count them is charged */
export function bytesIn(text: GoString, rendering: Rendering, call: Call): number {
  rendering.chargeText(sizeOf(text), call.node);
  return typeof text === 'string' ? utf8Length(text) : text.bytes.length;
}
