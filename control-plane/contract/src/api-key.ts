import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'ak_';
const SECRET_BYTES = 32;
const SECRET_LENGTH = 43; // 32 bytes in base64url
const CHECKSUM_LENGTH = 6; // 4 bytes in base64url
export const API_KEY_LENGTH = PREFIX.length + SECRET_LENGTH + CHECKSUM_LENGTH;

/** @returns `ak_`, 256 random bits and a checksum, 52 characters in all */
export function createApiKey(): string {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return PREFIX + secret + checksum(secret);
}

/**
 * Whether a text can be an API key at all. Refuses typing errors, cut-off copies and junk without a
 * look-up; it is no proof of anything.
 */
export function isWellFormedApiKey(text: string): boolean {
  if (text.length !== API_KEY_LENGTH || !text.startsWith(PREFIX)) return false;
  const secret = text.slice(PREFIX.length, PREFIX.length + SECRET_LENGTH);
  return checksum(secret) === text.slice(PREFIX.length + SECRET_LENGTH);
}

/** @returns SHA-256 of the key's text in hex, the only form in which px0 keeps a key */
export function hashApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

function checksum(secret: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(secret));
  return bytes.toString('base64url');
}
