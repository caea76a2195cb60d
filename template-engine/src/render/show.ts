import { printFloat } from '../format/float.js';
import { Formatter } from '../format/formatter.js';
import type { Node } from '../syntax/ast.js';
import { Integer } from '../values/integer.js';
import type { GoString } from '../values/raw-string.js';
import type { Value } from '../values/value.js';
import type { Rendering } from './rendering.js';

/** @returns what an action writes for a value */
export function show(value: Value, rendering: Rendering, node: Node): GoString {
  // Spares a formatter where nothing can exceed its limits.
  if (typeof value === 'number') return printFloat(value);
  if (value === null || value === undefined) return '<no value>';
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Integer) return value.asText;
  return new Formatter(rendering.formatLimits(node)).print(value);
}
