import type { JsonObject } from '../json.js';
import { compareUtf8 } from './utf8.js';

const SURROGATE = /[\ud800-\udfff]/;

/** @returns the object's own keys in the order in which Go prints and ranges over a map */
export function sortedKeys(object: JsonObject): string[] {
  const keys = Object.keys(object);
  // The default order, by UTF-16 units, is the order of the bytes as long as no surrogates take part.
  return keys.some((key) => SURROGATE.test(key)) ? keys.sort(compareUtf8) : keys.sort();
}
