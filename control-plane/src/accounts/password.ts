import { randomBytes } from 'node:crypto';
import { hash, type Options, verify } from '@node-rs/argon2';
import { Refusal } from '../http/error-catalogue.js';

/** argon2id with OWASP's first choice for it: 19 MiB, 2 passes, 1 lane. Runs off the main thread. */
const COST: Options = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 };

const KINDS_OF_CHARACTERS = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{N}\s]/u];

/** @throws {Refusal} for a password that lacks one of the four kinds of characters */
export function demandComplexity(password: string): void {
  if (!KINDS_OF_CHARACTERS.every((kind) => kind.test(password))) throw new Refusal('password_too_simple');
}

/** @returns what is kept of a password */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

let nobodysHash: Promise<string> | undefined;

/**
 * Compares a password with what is kept of it. Without a hash, for an address that nobody has, it
 * takes the same time, and is false.
 */
export async function isRightPassword(password: string, kept: string | undefined): Promise<boolean> {
  if (kept !== undefined) return verify(kept, password);
  nobodysHash ??= hashPassword(randomBytes(32).toString('base64url'));
  await verify(await nobodysHash, password);
  return false;
}
