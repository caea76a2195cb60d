import type { Rendering } from '../render/rendering.js';
import { byteOf, Integer, intOf } from '../values/integer.js';
import { utf8ByteAt, utf8Length } from '../values/utf8.js';
import { isArray, isObject, typeName, type Value } from '../values/value.js';
import { type Call, type Eager, failCall } from './builtin.js';

function lengthOf(item: Value, rendering: Rendering, call: Call): Value {
  if (typeof item === 'string') {
    rendering.chargeText(item.length, call.node);
    return intOf(utf8Length(item));
  }
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
  many: ([item], rendering, call) => lengthOf(item, rendering, call),
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
    if (key === null || key === undefined) {
      return failCall(rendering, call, 'value is nil; should be of type string');
    }
    return failCall(rendering, call, `value has type ${typeName(key)}; should be string`);
  }
  if (typeof item === 'string') {
    rendering.chargeText(item.length, call.node);
    const position = positionIn(utf8Length(item), 'string', key, rendering, call);
    return byteOf(utf8ByteAt(item, position) ?? 0);
  }
  return failCall(rendering, call, `can't index item of type ${typeName(item)}`);
}

function positionIn(
  length: number,
  kind: 'slice' | 'string',
  key: Value,
  rendering: Rendering,
  call: Call,
): number {
  if (key === null || key === undefined) {
    return failCall(rendering, call, 'cannot index slice/array with nil');
  }
  if (!(key instanceof Integer)) {
    return failCall(rendering, call, `cannot index slice/array with type ${typeName(key)}`);
  }
  if (key.value < 0n || key.value > BigInt(length)) {
    return failCall(rendering, call, `index out of range: ${key.text}`);
  }
  const position = Number(key.value);
  if (position === length) return failCall(rendering, call, `reflect: ${kind} index out of range`);
  return position;
}
