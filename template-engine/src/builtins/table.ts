import type { Builtin } from './builtin.js';
import { index, len } from './collections.js';
import { eq, ge, gt, le, lt, ne } from './comparison.js';
import { and, not, or } from './logic.js';
import { print, printf } from './printing.js';

/** Every function that a template can call. A new one needs a line here, vectors, and nothing else. */
const BUILTINS = { and, eq, ge, gt, index, le, len, lt, ne, not, or, print, printf } as const;

const builtins: ReadonlyMap<string, Builtin> = new Map(Object.entries<Builtin>(BUILTINS));

export const BUILTIN_NAMES: ReadonlySet<string> = new Set(builtins.keys());

export function findBuiltin(name: string): Builtin | undefined {
  return builtins.get(name);
}
