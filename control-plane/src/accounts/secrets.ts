import { createHash, randomBytes, randomInt } from 'node:crypto';

const TOKEN_BYTES = 32;
const CODE_DIGITS = 6;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Of log2(52) bits each: 256 bits and some. */
const RESET_CODE_LETTERS = 46;

/** @returns a session token: `sess_` and 256 random bits */
export function createSessionToken(): string {
  return `sess_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** @returns six random digits */
export function createVerificationCode(): string {
  return randomInt(10 ** CODE_DIGITS)
    .toString()
    .padStart(CODE_DIGITS, '0');
}

/** @returns `reset_` and letters, 256 random bits of them; no digits, which would look like the other code */
export function createResetCode(): string {
  const letters = Array.from({ length: RESET_CODE_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]);
  return `reset_${letters.join('')}`;
}

/** @returns SHA-256, the form in which tokens and password reset codes are kept */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** @returns the form in which a code is kept, worth nothing for another user's code */
export function hashCode(userId: string, code: string): Buffer {
  return createHash('sha256').update(`${userId}:${code}`).digest();
}
