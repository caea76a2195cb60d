import { Formatter } from '../format/formatter.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { Branch } from '../syntax/ast.js';
import { Integer, intOf } from '../values/integer.js';
import { sortedKeys } from '../values/keys.js';
import { isArray, isObject, type Value } from '../values/value.js';
import { failAfter } from './expression.js';
import type { BuiltPipeline } from './expressions.js';
import type { Rendering } from './rendering.js';
import { Signal, type Step } from './step.js';
import type { Assign } from './variables.js';

/** One turn of the loop. @returns `break` to end it */
type Turn = (rendering: Rendering, key: Value, element: Value) => Signal;

/** range: over the elements of an array, the values of an object in the order of its keys, or 0 … n-1. */
export function rangeStep(
  node: Branch,
  { evaluate, last, assigns }: BuiltPipeline,
  body: Step,
  otherwise: Step | undefined,
): Step {
  const turn = turnOf(node, assigns, body);
  return (rendering, dot) => {
    const value = evaluate(rendering, dot);
    let turns = 0;
    if (isArray(value)) {
      turns = overArray(rendering, value, turn);
    } else if (isObject(value)) {
      turns = overObject(rendering, value, node, turn);
    } else if (value instanceof Integer) {
      if (assigns.length > 1) {
        failAfter(rendering, last, `can't use ${value.text} to iterate over more than one variable`);
      }
      turns = overInteger(rendering, value, turn);
    } else if (value !== null && value !== undefined) {
      const shown = new Formatter(rendering.formatLimits(node)).print(value);
      failAfter(rendering, last, `range can't iterate over ${shown}`);
    }
    return turns === 0 && otherwise !== undefined ? otherwise(rendering, dot) : Signal.next;
  };
}

function overArray(rendering: Rendering, items: readonly JsonValue[], turn: Turn): number {
  for (let i = 0; i < items.length; i++) {
    if (turn(rendering, intOf(i), items[i]) === Signal.break) break;
  }
  return items.length;
}

function overObject(rendering: Rendering, object: JsonObject, node: Branch, turn: Turn): number {
  const keys = sortedKeys(object);
  rendering.charge(keys.length, node);
  for (const key of keys) {
    if (turn(rendering, key, object[key]) === Signal.break) break;
  }
  return keys.length;
}

/** The number of steps bounds the loop, so that a plain number can count it. */
function overInteger(rendering: Rendering, { value, type }: Integer, turn: Turn): number {
  let i = 0;
  for (; i < value; i++) {
    const element = type === 'int' ? intOf(i) : new Integer(type, BigInt(i));
    if (turn(rendering, undefined, element) === Signal.break) return i + 1;
  }
  return i;
}

/** One variable is the element; of two the first is the key. */
function turnOf(node: Branch, [first, second]: readonly Assign[], body: Step): Turn {
  if (first === undefined) {
    return (rendering, _key, element) => {
      rendering.charge(1, node);
      return body(rendering, element);
    };
  }
  if (second === undefined) {
    return (rendering, _key, element) => {
      rendering.charge(1, node);
      first(rendering, element, true);
      return body(rendering, element);
    };
  }
  return (rendering, key, element) => {
    rendering.charge(1, node);
    first(rendering, key, false);
    second(rendering, element, true);
    return body(rendering, element);
  };
}
