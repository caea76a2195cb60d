import { quote } from '../format/quote.js';
import type { JsonObject } from '../json.js';
import type { Node } from '../syntax/ast.js';
import { Complex } from '../values/complex.js';
import { intOf } from '../values/integer.js';
import { RawString } from '../values/raw-string.js';
import { Scalar } from '../values/scalar.js';
import { isObject, typeName, type Value } from '../values/value.js';
import { type Evaluate, failAfter } from './expression.js';
import type { Rendering } from './rendering.js';

/** Whose fields are read. */
interface Receiver {
  readonly evaluate: Evaluate;
  /** Whether Go holds it in an interface; only the words of errors show it. */
  readonly inInterface: (rendering: Rendering) => boolean;
  /** Node that errors point at. */
  readonly last: Node | undefined;
}

/**
 * Reads a chain of fields, `.a.b.c`.
 *
 * @param hasArguments the last field is used like a function, which fields of JSON data never are
 */
export function fieldChain(receiver: Receiver, names: readonly string[], hasArguments: boolean): Evaluate {
  const [first = '', second, ...others] = names;
  if (hasArguments || others.length > 0) return longChain(receiver, names, hasArguments);
  if (second !== undefined) return twoFields(receiver, first, second);
  return oneField(receiver, first);
}

/** The field of dot itself is what templates read most, so it goes without a call for the receiver. */
export function fieldOfDot(name: string, inInterface: boolean, node: Node): Evaluate {
  if (isInherited(name)) {
    return (rendering, dot) => readField(rendering, dot, name, inInterface, node);
  }
  return (rendering, dot) => {
    if (typeof dot === 'object' && dot !== null) {
      const value = (dot as JsonObject)[name];
      if (value !== undefined) return value;
    }
    return readField(rendering, dot, name, inInterface, node);
  };
}

function oneField({ evaluate, inInterface, last }: Receiver, name: string): Evaluate {
  const inherited = isInherited(name);
  return (rendering, dot) => {
    const receiver = evaluate(rendering, dot);
    if (!inherited && typeof receiver === 'object' && receiver !== null) {
      const value = (receiver as JsonObject)[name];
      if (value !== undefined) return value;
    }
    return readField(rendering, receiver, name, inInterface(rendering), last);
  };
}

function twoFields(receiver: Receiver, first: string, second: string): Evaluate {
  const readFirst = oneField(receiver, first);
  const inner = { evaluate: readFirst, inInterface: () => true, last: receiver.last };
  return oneField(inner, second);
}

function longChain(receiver: Receiver, names: readonly string[], hasArguments: boolean): Evaluate {
  const { evaluate, inInterface, last } = receiver;
  return (rendering, dot) => {
    let value = evaluate(rendering, dot);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? '';
      if (hasArguments && i === names.length - 1 && isObject(value)) {
        failAfter(rendering, last, `${name} is not a method but has arguments`);
      }
      value = readField(rendering, value, name, i > 0 || inInterface(rendering), last);
    }
    return value;
  };
}

const OBJECT_LIKE: readonly object[] = [{}, [], intOf(0), new Complex(0, 0), new RawString(new Uint8Array())];

/**
 * Whether some object answers to the name without having it as data: `constructor`, `length`, `map`.
 * Such names take the slow path, which looks at own properties of JSON objects only.
 */
export function isInherited(name: string): boolean {
  return OBJECT_LIKE.some((object) => name in object);
}

function readField(
  rendering: Rendering,
  receiver: Value,
  name: string,
  inInterface: boolean,
  last: Node | undefined,
): Value {
  if (isObject(receiver)) {
    if (Object.hasOwn(receiver, name)) return receiver[name];
    switch (rendering.missing) {
      case 'error':
        return failAfter(rendering, last, `map has no entry for key ${quote(name)}`);
      case 'default':
        return undefined;
      case 'zero':
        return null;
      default:
        throw new RangeError(`missing must be error, default or zero, not ${String(rendering.missing)}`);
    }
  }
  if (receiver === undefined) {
    if (rendering.missing !== 'error') return undefined;
    return failAfter(rendering, last, `nil data; no entry for key ${quote(name)}`);
  }
  if (receiver === null) {
    return failAfter(rendering, last, `nil pointer evaluating interface {}.${name}`);
  }
  // Scalars never come from JSON data, so no interface holds them.
  const type = inInterface && !(receiver instanceof Scalar) ? 'interface {}' : typeName(receiver);
  return failAfter(rendering, last, `can't evaluate field ${name} in type ${type}`);
}
