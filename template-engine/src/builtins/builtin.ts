import type { Rendering } from '../render/rendering.js';
import type { Command, Identifier } from '../syntax/ast.js';
import type { Value } from '../values/value.js';

/** A call of a builtin in a template: where its errors point. */
export interface Call {
  readonly name: string;
  readonly node: Command | Identifier;
}

/** A function of the language whose arguments are all evaluated before it runs. */
export interface Eager {
  readonly kind: 'eager';
  readonly least: number;
  /** Infinity for a variadic function. */
  readonly most: number;
  /** The first argument must be a string, as Go's checks have it. */
  readonly wantsString?: true;
  /**
   * Every argument but the first must be an integer that no interface holds: one that is held, as the
   * elements and fields of the data are, is given as null, whatever it is.
   */
  readonly wantsIndexes?: true;
  /** For one and two arguments: where that spares the list, or there cannot be more. */
  readonly one?: (a: Value, rendering: Rendering, call: Call) => Value;
  readonly two?: (a: Value, b: Value, rendering: Rendering, call: Call) => Value;
  /** For any other number of arguments that the function takes. */
  readonly many?: (args: readonly Value[], rendering: Rendering, call: Call) => Value;
}

/** `and`, `or`: yields the first argument whose truth is `stopsAt`, or else the last. */
export interface ShortCircuit {
  readonly kind: 'shortCircuit';
  readonly stopsAt: boolean;
}

export type Builtin = Eager | ShortCircuit;

/** Ends the rendering the way Go does when a function returns an error. */
export function failCall(rendering: Rendering, call: Call, words: string): never {
  return rendering.fail(call.node, `error calling ${call.name}: ${words}`);
}
