import Value from 'typebox/value';
import { NewTag } from './version-schemas.js';

const NUMBER = /^[1-9][0-9]{0,9}$/;
const LARGEST = 2_147_483_647; // integer of Postgres

/** What `{version}` in a path names. */
export type VersionReference = { readonly number: number } | { readonly tag: string };

/** @returns undefined for a text that no version can have */
export function parseReference(text: string): VersionReference | undefined {
  if (NUMBER.test(text)) {
    const number = Number(text);
    return number <= LARGEST ? { number } : undefined;
  }
  return isTag(text) ? { tag: text } : undefined;
}

/** Letters, digits, `.`, `-` and `_`, 50 at most, not all of them digits. */
export function isTag(text: string): boolean {
  return Value.Check(NewTag, { tag: text });
}
