import { hashToken } from './accounts/secrets.js';
import { findSession } from './accounts/session-statements.js';
import { findKeyCaller } from './api-keys/api-key-statements.js';
import type { KeyUses } from './api-keys/key-uses.js';
import type { Queries } from './database/database.js';
import type { CredentialStore } from './http/authentication.js';

/** Credentials as the database knows them; that a key is in use is noted. */
export function credentialsIn(queries: Queries, keyUses: Pick<KeyUses, 'note'>): CredentialStore {
  return {
    findSession: (token) => findSession(queries, hashToken(token)),
    findApiKey: async (hash) => {
      const caller = await findKeyCaller(queries, hash);
      if (caller !== undefined) keyUses.note(caller.id);
      return caller;
    },
  };
}
