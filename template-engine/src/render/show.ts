import { Formatter, printScalar } from '../format/formatter.js';
import type { Node } from '../syntax/ast.js';
import type { GoString } from '../values/raw-string.js';
import type { Value } from '../values/value.js';
import type { Rendering } from './rendering.js';

/** @returns what an action writes for a value */
export function show(value: Value, rendering: Rendering, node: Node): GoString {
  if (value === null || value === undefined) return '<no value>';
  return printScalar(value) ?? new Formatter(rendering.formatLimits(node)).print(value);
}
