import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { logIn, newKey, newPerson, newPrompt, PASSWORD } from './cast.js';
import { startForFile } from './control-plane-of-file.js';

/** Requests whose body is held back while the right to them ends. */

const { server, client } = await startForFile();

/** Sends the head of a request and the first byte of its body. */
async function hold(method: string, path: string, token: string, body: unknown) {
  const whole = JSON.stringify(body);
  const held: ClientRequest = request(server.url + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-length': Buffer.byteLength(whole) },
  });
  const answered = once(held, 'response');
  held.write(whole.slice(0, 1));
  // The server answers whatever comes after it in order: so it has read the head.
  await client('GET', '/v1/health');
  return async () => {
    held.end(whole.slice(1));
    const [response] = (await answered) as [IncomingMessage];
    return { status: response.statusCode, json: JSON.parse(await text(response)) };
  };
}

const UNAUTHORIZED = { status: 401, json: { error: 'unauthorized' } };

test('a session that ends with a change of the password changes no address any more', async () => {
  const owner = await newPerson(server, client);
  const stolen = await logIn(client, owner.email);
  const finish = await hold('PUT', '/v1/auth/me', stolen, { email: 'thief@example.com' });
  const changed = await client('POST', '/v1/auth/me/change-password', {
    token: owner.token,
    body: { current_password: PASSWORD, new_password: 'Better-Badger-8' },
  });
  expect(changed.status).toBe(200);
  expect(await finish()).toEqual(UNAUTHORIZED);
  const { json } = await client('GET', '/v1/auth/me', { token: owner.token });
  expect(json.user.email).toBe(owner.email);
});

test('a key that is revoked writes no version any more', async () => {
  const admin = await newPerson(server, client);
  const key = await newKey(client, admin, 'all', [admin.teamId]);
  const { id } = await newPrompt(client, { token: admin.token, teamId: admin.teamId });
  const finish = await hold('POST', `/v1/prompts/${id}/versions`, key, { template: 'x' });
  const listed = await client('GET', `/v1/api-keys?org_id=${admin.orgId}`, { token: admin.token });
  for (const { id: keyId } of listed.json.api_keys) {
    await client('DELETE', `/v1/api-keys/${keyId}`, { token: admin.token });
  }
  expect(await finish()).toEqual(UNAUTHORIZED);
});

test('a session that has logged out makes no prompt any more', async () => {
  const admin = await newPerson(server, client);
  const other = await logIn(client, admin.email);
  const finish = await hold('POST', `/v1/teams/${admin.teamId}/prompts`, other, { name: 'late' });
  await client('DELETE', '/v1/auth/session', { token: other });
  // Longer than a look-up of credentials is believed.
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(await finish()).toEqual(UNAUTHORIZED);
});
