import type { Builtin } from './builtin.js';
import { call } from './call.js';
import { index, len } from './collections.js';
import { eq, ge, gt, le, lt, ne } from './comparison.js';
import { html, js, urlquery } from './escaping.js';
import { and, not, or } from './logic.js';
import { print, printf, println } from './printing.js';
import { slice } from './slicing.js';

/** Every function that a template can call. A new one needs a line here, a role in `analysis/roles.ts`, and vectors. */
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

export type BuiltinName = keyof typeof BUILTINS;

const builtins: ReadonlyMap<string, Builtin> = new Map(Object.entries<Builtin>(BUILTINS));

export const BUILTIN_NAMES: ReadonlySet<string> = new Set(builtins.keys());

/** @param name of a builtin; parser and decoder let no other through */
export function builtinOf(name: string): Builtin {
  const builtin = builtins.get(name);
  if (builtin === undefined) throw new Error(`${name} is no function of the language`);
  return builtin;
}
