import { expect } from 'vitest';
import type { Person } from './cast.js';
import type { Answer, Call, Client } from './documented-client.js';

/** One entry of the audit log, as the API tells it. */
export interface Entry {
  readonly id: string;
  readonly at: string;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string | null };
  readonly action: string | null;
  readonly operation: string;
  readonly target: { readonly type: string; readonly id: string; readonly name: string | null };
  readonly before: unknown;
  readonly after: unknown;
  readonly request_id: string | null;
}

export interface Auditor {
  /** @returns a page of the log, newest first */
  log(query?: string, orgId?: string): Promise<Entry[]>;
  /** @returns what a call that succeeds answered, and what it has left in the log of an organization, oldest first */
  audited(
    method: string,
    path: string,
    call?: Call,
    orgId?: string,
  ): Promise<{ answer: Answer; entries: Entry[] }>;
}

const AGENT = { 'user-agent': 'audit-test/1.0' };

/** @param admin who reads, and who calls unless somebody else is named */
export function auditor(client: Client, admin: Person): Auditor {
  const log: Auditor['log'] = async (query = '', orgId = admin.orgId) => {
    const { status, json } = await client('GET', `/v1/orgs/${orgId}/audit-log?${query}`, {
      token: admin.token,
    });
    expect(status).toBe(200);
    return json.entries;
  };
  return {
    log,
    audited: async (method, path, { token = admin.token, ...call } = {}, orgId = admin.orgId) => {
      const answer = await client(method, path, { token, ...call, headers: AGENT });
      expect([method, path, answer.status < 300, answer.json?.error]).toEqual([
        method,
        path,
        true,
        undefined,
      ]);
      const requestId = answer.headers.get('x-request-id');
      const entries = (await log('limit=200', orgId)).filter(({ request_id }) => request_id === requestId);
      for (const entry of entries) {
        expect(entry).toMatchObject({ ip: '127.0.0.1', user_agent: AGENT['user-agent'] });
        expect(Math.abs(Date.parse(entry.at) - Date.now())).toBeLessThan(10_000);
      }
      return { answer, entries: entries.reverse() };
    },
  };
}
