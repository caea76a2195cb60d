import type { JsonObject } from '../json.js';
import { compareUtf8 } from './utf8.js';

const SURROGATE = /[\ud800-\udfff]/;

/** What each key costs beside its characters, in characters: to find it, and to compare it. */
const KEY_COST = 8;

/**
 * @param charge is told, before keys are compared, how many characters that is worth
 * @returns the object's own keys in the order in which Go prints and ranges over a map
 */
export function sortedKeys(object: JsonObject, charge: (characters: number) => void): string[] {
  const keys = Object.keys(object);
  let cost = keys.length * KEY_COST;
  for (const key of keys) cost += key.length;
  charge(cost);
  // The default order, by UTF-16 units, is the order of the bytes as long as no surrogates take part.
  if (!keys.some((key) => SURROGATE.test(key))) return keys.sort();
  charge(2 * cost);
  return keys.sort(compareUtf8);
}
