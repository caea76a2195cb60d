import { hashApiKey, isWellFormedApiKey } from '@px0/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from './access.js';
import type { Caller, KeyCaller, SessionCaller } from './caller.js';
import { Refusal } from './error-catalogue.js';
import { type Action, heardBy, hearingRefusal } from './policy.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the policy judges a request of this route as. */
    action?: Action;
  }
  interface FastifyRequest {
    access: Access;
  }
}

/** Milliseconds for which a look-up of credentials is believed while a request arrives. */
const BELIEVED_FOR = 100;

/** Where credentials are looked up. */
export interface CredentialStore {
  findSession(token: string): Promise<SessionCaller | undefined>;
  /** @param hash SHA-256 of the key, in hex */
  findApiKey(hash: string): Promise<KeyCaller | undefined>;
}

/**
 * Before anything else of a request is read: who sends it, and whether its route hears such a
 * caller. A route without an action is a fault of the program, and answers nobody.
 */
export function authenticate(credentials: CredentialStore) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    if (request.is404) return;
    const { action } = request.routeOptions.config;
    if (action === undefined) throw new Error(`the route ${request.routeOptions.url} names no action`);
    // Where it makes no difference who calls, nothing is looked up: health answers without Postgres.
    const caller: Caller =
      heardBy(action) === 'anyone' ? { kind: 'anonymous' } : await identify(request, credentials);
    const refusal = hearingRefusal(action, caller);
    if (refusal !== undefined) throw new Refusal(refusal);
    request.access = new Access(caller, action, {
      ip: request.ip,
      user_agent: request.headers['user-agent'],
      request_id: request.id,
    });
  };
}

/**
 * Once a request is there whole: who sends it, asked again if that took a while. Somebody who sends a
 * body slowly would otherwise go on with a session or a key that has ended since.
 */
export function authenticateAgain(credentials: CredentialStore) {
  const authenticateNow = authenticate(credentials);
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (reply.elapsedTime > BELIEVED_FOR) await authenticateNow(request, reply);
  };
}

async function identify(request: FastifyRequest, credentials: CredentialStore): Promise<Caller> {
  const token = credentialOf(request);
  if (token === undefined) return { kind: 'anonymous' };
  if (token.startsWith('sess_')) return (await credentials.findSession(token)) ?? { kind: 'refused' };
  if (isWellFormedApiKey(token)) {
    return (await credentials.findApiKey(hashApiKey(token))) ?? { kind: 'refused' };
  }
  return { kind: 'refused' };
}

/**
 * @returns a bearer token, else what X-API-Key holds; empty text, which is no credential, for any
 * other scheme of Authorization; undefined where there is neither
 */
export function credentialOf({ headers }: FastifyRequest): string | undefined {
  const { authorization, 'x-api-key': apiKey } = headers;
  const bearer = authorization?.match(/^bearer +(\S+) *$/i)?.[1];
  if (bearer !== undefined) return bearer;
  if (typeof apiKey === 'string') return apiKey.startsWith('ak_') ? apiKey : '';
  return authorization === undefined ? undefined : '';
}
