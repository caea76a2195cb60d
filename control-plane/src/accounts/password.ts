import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { hash, type Options, verify } from '@node-rs/argon2';
import { Refusal } from '../http/error-catalogue.js';
import { HashingGate } from './hashing-gate.js';

/** argon2id with OWASP's first choice for it: 19 MiB, 2 passes, 1 lane. Runs off the main thread. */
const COST = { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const satisfies Options;
/** Passwords that may wait to be hashed or compared: some seconds' work. */
const MOST_WAITING = 100;

const gate = new HashingGate(availableParallelism(), MOST_WAITING);

const KINDS_OF_CHARACTERS = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u, /[^\p{L}\p{N}\s]/u];

/** @throws {Refusal} for a password that lacks one of the four kinds of characters */
export function demandComplexity(password: string): void {
  if (!KINDS_OF_CHARACTERS.every((kind) => kind.test(password))) throw new Refusal('password_too_simple');
}

/**
 * @returns what is kept of a password
 * @throws {Refusal} `unavailable` if too many wait for the same
 */
export function hashPassword(password: string): Promise<string> {
  return gate.pass(() => hash(password, COST));
}

/** What a password of nobody's would look like: comparing with it takes as long as with any, and fails. */
const NOBODYS = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${unpadded(16)}$${unpadded(32)}`;

function unpadded(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}

/**
 * Compares a password with what is kept of it. Without a hash, for an address that nobody has, it
 * takes the same time, and is false.
 *
 * @throws {Refusal} `unavailable` if too many wait for the same
 */
export async function isRightPassword(password: string, kept: string | undefined): Promise<boolean> {
  const isRight = await gate.pass(() => verify(kept ?? NOBODYS, password));
  return isRight && kept !== undefined;
}
