import type { Node } from '../syntax/ast.js';
import { Scalar } from '../values/scalar.js';
import type { Value } from '../values/value.js';
import type { Rendering } from './rendering.js';

/** Whether `if`, `and` and their like take the value for true: it is not the zero of its type. */
export function isTrue(value: Value, rendering: Rendering, node: Node): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return value !== 0;
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Scalar) return value.isNonZero();
  // To find the first key of a large object takes as long as to find them all.
  const keys = Object.keys(value).length;
  rendering.charge(keys, node);
  return keys > 0;
}
