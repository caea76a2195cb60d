import type { Call, Eager, ShortCircuit } from '../builtins/builtin.js';
import type { Identifier } from '../syntax/ast.js';
import type { Value } from '../values/value.js';
import type { Evaluate, Expression } from './expression.js';
import { UNSET } from './rendering.js';
import { isTrue } from './truth.js';

/**
 * @param args as many as the builtin takes, together with what comes through the pipe
 * @param hasFinal whether a value comes through the pipe; it is the last argument
 */
export function eagerCall(
  builtin: Eager,
  call: Call,
  args: readonly Expression[],
  hasFinal: boolean,
): Evaluate {
  const { one, two, many } = builtin;
  const evaluators = args.map((argument) => argument.evaluate);
  const [first, second] = evaluators;
  switch (args.length + (hasFinal ? 1 : 0)) {
    case 1:
      if (one === undefined) break;
      if (first === undefined) return (rendering, _dot, final) => one(final, rendering, call);
      return (rendering, dot) => one(first(rendering, dot), rendering, call);
    case 2:
      if (two === undefined || first === undefined) break;
      if (second === undefined) {
        return (rendering, dot, final) => two(first(rendering, dot), final, rendering, call);
      }
      return (rendering, dot) => two(first(rendering, dot), second(rendering, dot), rendering, call);
  }
  if (many === undefined) throw new Error(`${call.name} takes another number of arguments`);
  return (rendering, dot, final) => {
    const values = evaluators.map((evaluate) => evaluate(rendering, dot));
    if (hasFinal) values.push(final);
    return many(values, rendering, call);
  };
}

/** @param conditional slots that the arguments after the first may or may not set */
export function shortCircuitCall(
  { stopsAt }: ShortCircuit,
  node: Identifier,
  args: readonly Expression[],
  hasFinal: boolean,
  conditional: readonly number[],
): Evaluate {
  return (rendering, dot, final) => {
    for (const slot of conditional) rendering.frame.slots[slot] = UNSET;
    let value: Value;
    for (const argument of args) {
      value = argument.evaluate(rendering, dot);
      if (argument.last !== undefined) rendering.last = argument.last;
      if (isTrue(value, rendering, node) === stopsAt) return value;
    }
    return hasFinal ? final : value;
  };
}
