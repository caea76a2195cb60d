import type { Node } from '../syntax/ast.js';
import type { Value } from '../values/value.js';
import type { Rendering } from './rendering.js';

/** @param final what the command before in the pipeline yielded; only commands behind a pipe look at it */
export type Evaluate = (rendering: Rendering, dot: Value, final?: Value) => Value;

/** Something that yields a value, as a closure. */
export interface Expression {
  readonly evaluate: Evaluate;
  /**
   * The node that an error right after the evaluation points at: in Go, whichever was visited last.
   * Undefined where only the rendering knows; it then stands in `rendering.last`.
   */
  readonly last: Node | undefined;
}

/** An expression that always fails, once evaluated. */
export function failure(node: Node, words: string): Expression {
  return { evaluate: (rendering) => rendering.fail(node, words), last: node };
}

export function failAfter(rendering: Rendering, last: Node | undefined, words: string): never {
  const node = last ?? rendering.last;
  if (node === undefined) throw new Error('an error at no node');
  return rendering.fail(node, words);
}
