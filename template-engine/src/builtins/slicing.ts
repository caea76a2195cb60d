import type { Rendering } from '../render/rendering.js';
import { bytesOf, type GoString, isString, sizeOf, stringOf } from '../values/raw-string.js';
import { capacityOf, cut } from '../values/slice.js';
import { unitAtByte } from '../values/utf8.js';
import { isArray, typeName, type Value } from '../values/value.js';
import { type Call, type Eager, failCall } from './builtin.js';
import { bytesIn, indexIn } from './collections.js';

/** slice x 1 2 : x[1:2], of a list, or of the bytes of a string. */
export const slice: Eager = {
  kind: 'eager',
  least: 1,
  most: Number.POSITIVE_INFINITY,
  wantsIndexes: true,
  many: ([item, ...indexes], rendering, call) => {
    if (item === null || item === undefined) return failCall(rendering, call, 'slice of untyped nil');
    if (indexes.length > 3) return failCall(rendering, call, `too many slice indexes: ${indexes.length}`);
    if (isString(item)) return sliceOfString(item, indexes, rendering, call);
    if (!isArray(item)) return failCall(rendering, call, `can't slice item of type ${typeName(item)}`);
    const capacity = capacityOf(item);
    const [start, end, most = capacity] = bounds(indexes, item.length, capacity, rendering, call);
    rendering.charge(end - start, call.node);
    return cut(item, start, end, most);
  },
};

/** How much more work than to count its bytes it is to cut a text through a character. */
const BYTE_BY_BYTE = 8;

function sliceOfString(text: GoString, indexes: readonly Value[], rendering: Rendering, call: Call): Value {
  if (indexes.length === 3) return failCall(rendering, call, 'cannot 3-index slice a string');
  const length = bytesIn(text, rendering, call);
  const [start, end] = bounds(indexes, length, length, rendering, call);
  if (typeof text === 'string') {
    const from = unitAtByte(text, start);
    const to = unitAtByte(text, end);
    if (from >= 0 && to >= 0) return text.slice(from, to);
  }
  rendering.chargeText(BYTE_BY_BYTE * sizeOf(text), call.node);
  return stringOf(bytesOf(text).slice(start, end));
}

type Bounds = readonly [start: number, end: number, capacity?: number];

function bounds(
  indexes: readonly Value[],
  length: number,
  capacity: number,
  rendering: Rendering,
  call: Call,
): Bounds {
  const checked = indexes.map((index) =>
    // In an interface, whatever it holds.
    index === null
      ? failCall(rendering, call, 'cannot index slice/array with type interface {}')
      : indexIn(capacity, index, rendering, call),
  );
  const [start = 0, end = length, most] = checked;
  if (start > end) return failCall(rendering, call, `invalid slice index: ${start} > ${end}`);
  if (most === undefined) return [start, end];
  if (end > most) return failCall(rendering, call, `invalid slice index: ${end} > ${most}`);
  return [start, end, most];
}
