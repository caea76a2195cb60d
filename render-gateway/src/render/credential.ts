import { isWellFormedApiKey } from '@px0/contract';

const BEARER = /^bearer +/i;

/**
 * The header that says who calls: Authorization if it is of the Bearer scheme, or else X-API-Key.
 * @param apiKey reads the latter: most requests need not ask for it
 * @returns the header's text as it was sent; empty if neither is there
 */
export function credentialOf(authorization: string, apiKey: () => string): string {
  return authorization.startsWith('Bearer ') || BEARER.test(authorization) ? authorization : apiKey();
}

/** @returns the API key that a credential carries, or undefined for what cannot be one */
export function apiKeyOf(credential: string): string | undefined {
  const token = credential.replace(BEARER, '').trim();
  return isWellFormedApiKey(token) ? token : undefined;
}
