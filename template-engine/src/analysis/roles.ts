import type { BuiltinName } from '../builtins/table.js';

/** What a function does with its arguments, as far as the variables of a template go. */
export type Role =
  /** Yields one of its arguments, and asks whether they are empty. The later ones may go unevaluated. */
  | 'chooses'
  | 'tests'
  | 'compares'
  /** Yields text that holds its arguments. */
  | 'writes'
  /** Yields what stands in the first argument under the others. */
  | 'indexes'
  /** Yields a part of the first argument, between the others. */
  | 'cuts'
  /** Yields something else. */
  | 'measures';

const ROLES: Readonly<Record<BuiltinName, Role>> = {
  and: 'chooses',
  call: 'measures',
  eq: 'compares',
  ge: 'compares',
  gt: 'compares',
  html: 'writes',
  index: 'indexes',
  js: 'writes',
  le: 'compares',
  len: 'measures',
  lt: 'compares',
  ne: 'compares',
  not: 'tests',
  or: 'chooses',
  print: 'writes',
  printf: 'writes',
  println: 'writes',
  slice: 'cuts',
  urlquery: 'writes',
};

const roles: ReadonlyMap<string, Role> = new Map(Object.entries(ROLES));

/** @param name of a builtin */
export function roleOf(name: string): Role {
  const role = roles.get(name);
  if (role === undefined) throw new Error(`${name} is no function of the language`);
  return role;
}
