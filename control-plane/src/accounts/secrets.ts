import { createHash, randomBytes, randomInt } from 'node:crypto';

const TOKEN_BYTES = 32;
const CODE_DIGITS = 6;

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

/** @returns SHA-256, the form in which tokens are kept */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** @returns the form in which a code is kept, worth nothing for another user's code */
export function hashCode(userId: string, code: string): Buffer {
  return createHash('sha256').update(`${userId}:${code}`).digest();
}
