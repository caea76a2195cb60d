import type { Builtin } from './builtin.js';
import { call } from './call.js';
import { index, len } from './collections.js';
import { eq, ge, gt, le, lt, ne } from './comparison.js';
import { html, js, urlquery } from './escaping.js';
import { and, not, or } from './logic.js';
import { print, printf, println } from './printing.js';
import { slice } from './slicing.js';

/** Every function that a template can call. A new one needs a line here, vectors, and nothing else. */
const BUILTINS = {
  and,
  call,
  eq,
  ge,
  gt,
  html,
  index,
  js,
  le,
  len,
  lt,
  ne,
  not,
  or,
  print,
  printf,
  println,
  slice,
  urlquery,
} as const;

const builtins: ReadonlyMap<string, Builtin> = new Map(Object.entries<Builtin>(BUILTINS));

export const BUILTIN_NAMES: ReadonlySet<string> = new Set(builtins.keys());

export function findBuiltin(name: string): Builtin | undefined {
  return builtins.get(name);
}
