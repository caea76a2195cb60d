import { leaveNote } from '@px0/test-bed';
import type { Call } from './documented-client.js';

/** What secrets.after.test.ts looks for in the logs and the audit logs of all tests. */

const noted = new Set<string>();

/** Notes a text that nobody but its owner is to read. */
export function noteSecret(text: string): void {
  if (!noted.has(text)) leaveNote('secrets', JSON.stringify(text));
  noted.add(text);
}

/** Notes the secrets of a call and its answer. */
export function noteSecrets({ token, body }: Call, answered: unknown): void {
  if (token !== undefined && isCredential(token)) noteSecret(token);
  for (const name of ['password', 'new_password', 'current_password']) {
    const password = textAt(body, name);
    if (password !== undefined && isPassword(password)) noteSecret(password);
  }
  const code = textAt(body, 'code');
  // Those of six digits are noted where a mail is read: guesses are sent as well.
  if (code !== undefined && /^[\w-]{16,}$/.test(code)) noteSecret(code);
  for (const name of ['token', 'key']) {
    const credential = textAt(answered, name);
    if (credential !== undefined) noteSecret(credential);
  }
}

function isCredential(token: string): boolean {
  return /^(sess|ak)_.{20}/.test(token);
}

/** Weaker ones are refused, and may be words like any other. */
function isPassword(text: string): boolean {
  return text.length >= 8 && [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/].every((kind) => kind.test(text));
}

function textAt(holder: unknown, name: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined;
  const value = (holder as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}
