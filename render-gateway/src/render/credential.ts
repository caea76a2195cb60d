import { isWellFormedApiKey } from '@px0/contract';

const BEARER = /^bearer +/i;

/** Whether an Authorization header is of the scheme that carries keys; if not, X-API-Key may carry one. */
export function isBearer(authorization: string): boolean {
  return authorization.startsWith('Bearer ') || BEARER.test(authorization);
}

/** @returns the API key that a credential carries, or undefined for what cannot be one */
export function apiKeyOf(credential: string): string | undefined {
  const token = credential.replace(BEARER, '').trim();
  return isWellFormedApiKey(token) ? token : undefined;
}
