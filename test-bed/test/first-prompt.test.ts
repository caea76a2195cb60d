import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type Account,
  call,
  createAccount,
  createPrompt,
  createTestDatabase,
  expectStatus,
  findFreePort,
  type Prompt,
  publish,
  startControlPlane,
  startGateway,
  startProgram,
  testRedis,
  until,
  untilReady,
} from '@px0/test-bed';
import { describe, expect, test } from 'vitest';

const TEMPLATE = 'Hello {{.name}}{{if .topics}}:{{range .topics}} {{.}}{{end}}{{end}}';
const VARIABLES = { name: 'Zoë', topics: ['refunds', 'shipping'] };
const RENDERED = 'Hello Zoë: refunds shipping';

/** From a version to its rendering at every gateway, to the next version, to the end of the key. */
async function walk(control: string, gateways: string[], mailLog: () => string) {
  const account = await createAccount(control, mailLog);
  const prompt = await createPrompt(control, account, 'Support Greeting!');
  expect(prompt.slug).toBe('support_greeting');
  await publish(control, account, prompt, TEMPLATE);
  for (const gateway of gateways) await rendered(gateway, account, prompt, RENDERED, 1);
  expect(expectStatus(200, await render(control, account, prompt))).toMatchObject({ rendered: RENDERED });

  await publish(control, account, prompt, 'Bonjour {{.name}}');
  for (const gateway of gateways) await rendered(gateway, account, prompt, 'Bonjour Zoë', 2);

  const { key, id } = expectStatus(
    201,
    await call(control, 'POST', '/v1/api-keys', {
      token: account.session,
      body: { name: 'short-lived', org_id: account.orgId, operation: 'read_render' },
    }),
  ) as { key: string; id: string };
  const borrowed = { ...account, key };
  for (const gateway of gateways) await rendered(gateway, borrowed, prompt, 'Bonjour Zoë', 2);
  expectStatus(204, await call(control, 'DELETE', `/v1/api-keys/${id}`, { token: account.session }));
  for (const gateway of gateways) {
    await until('the revoked key is refused', async () =>
      (await render(gateway, borrowed, prompt)).status === 401 ? true : undefined,
    );
  }
  return { account, prompt };
}

function render(base: string, account: Account, prompt: Prompt) {
  return call(base, 'POST', `/v1/prompts/${prompt.slug}/render`, {
    token: account.key,
    body: { variables: VARIABLES },
  });
}

/** The gateway follows within seconds, and never answers anything but this prompt meanwhile. */
function rendered(gateway: string, account: Account, prompt: Prompt, text: string, version: number) {
  return until(`${gateway} renders version ${version}`, async () => {
    const { status, json } = await render(gateway, account, prompt);
    return status === 200 && (json as { version: number }).version === version
      ? expect(json).toMatchObject({ rendered: text, slug: prompt.slug, tags: [] })
      : undefined;
  }).catch(async (error: unknown) => {
    throw new Error(
      `${String(error)}; last: ${JSON.stringify((await render(gateway, account, prompt)).json)}`,
    );
  });
}

describe('a prompt goes live', () => {
  test('through one command on its embedded default, and still renders after a restart', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'px0-launcher-'));
    const ports = { control: await findFreePort(), gateway: await findFreePort() };
    const control = `http://127.0.0.1:${ports.control}`;
    const gateway = `http://127.0.0.1:${ports.gateway}`;
    const start = async () => {
      const px0 = startProgram('launcher', {
        PX0_DATA_DIR: directory,
        PX0_CONTROL_PORT: String(ports.control),
        PX0_GATEWAY_PORT: String(ports.gateway),
        PX0_GATEWAY_THREADS: '2',
      });
      await untilReady(px0, gateway);
      await until('it says that it is ready', async () => px0.output().includes('px0 is ready') || undefined);
      return px0;
    };

    const first = await start();
    expect(first.output()).toContain(control.replace('127.0.0.1', 'localhost'));
    const { account, prompt } = await walk(control, [gateway], first.output);
    expect(await first.stop('SIGTERM')).toBe(0);
    expect(await readdir(directory)).toContain('gateway.snapshot');

    const second = await start();
    await rendered(gateway, account, prompt, 'Bonjour Zoë', 2);
    expect(await second.stop('SIGINT')).toBe(0);
    await rm(directory, { recursive: true });
  }, 60_000);

  test('through separate processes over Redis, at two gateways', async () => {
    const database = await createTestDatabase();
    const neighbours = { databaseUrl: database.url, redis: testRedis() };
    const [control, ...gateways] = await Promise.all([
      startControlPlane(neighbours),
      startGateway(neighbours),
      startGateway(neighbours, { PX0_GATEWAY_THREADS: '2' }),
    ]);
    await walk(
      control.url,
      gateways.map(({ url }) => url),
      control.output,
    );
    for (const server of [...gateways, control]) expect(await server.stop()).toBe(0);
    await database.drop();
  }, 60_000);
});
