import { setTimeout as sleep } from 'node:timers/promises';
import {
  call,
  createAccount,
  createPrompt,
  createTestDatabase,
  publish,
  startControlPlane,
  startGateway,
  startRedis,
  until,
} from '@px0/test-bed';
import { expect, test } from 'vitest';

const OUTAGE = 10_000;
const PROMOTES = 50;

test('Redis killed for 10 s during 50 promotes: no cached render fails, and the newest version is served within 5 s', async () => {
  const [database, redis] = await Promise.all([createTestDatabase(), startRedis()]);
  const neighbours = { databaseUrl: database.url, redis: { url: redis.url, prefix: 'px0' } };
  const control = await startControlPlane(neighbours);
  const gateways = await Promise.all([startGateway(neighbours), startGateway(neighbours)]);
  const account = await createAccount(control.url, control.output);
  const prompt = await createPrompt(control.url, account, 'Greeting');
  await publish(control.url, account, prompt, 'version 1');
  const served = async (gateway: { url: string }): Promise<number> => {
    const { status, json } = await call(gateway.url, 'POST', `/v1/prompts/${prompt.slug}/render`, {
      token: account.key,
      body: {},
    });
    if (status !== 200) throw new Error(`render failed: ${status} ${JSON.stringify(json)}`);
    return (json as { version: number }).version;
  };
  await Promise.all(
    gateways.map((gateway) =>
      until('version 1 is cached', () => served(gateway).then(Boolean, () => undefined)),
    ),
  );

  // Services go on calling all the while; each gateway's answers are kept as they came.
  let calling = true;
  const answers = gateways.map(async (gateway) => {
    const versions: number[] = [];
    while (calling) {
      versions.push(await served(gateway));
      await sleep(5);
    }
    return versions;
  });

  let newest = 1;
  const promoteUntil = async (end: number) => {
    for (; newest < end; ) newest = await publish(control.url, account, prompt, `version ${newest + 1}`);
  };
  await promoteUntil(10);
  const killed = Date.now();
  await redis.kill();
  await promoteUntil(PROMOTES - 9);
  await sleep(Math.max(0, OUTAGE - (Date.now() - killed)));
  await redis.start({ empty: true });
  const back = Date.now();
  await promoteUntil(PROMOTES + 1);
  await Promise.all(
    gateways.map((gateway) =>
      until(`version ${newest} is served`, async () => (await served(gateway)) === newest || undefined),
    ),
  );
  expect(Date.now() - back).toBeLessThan(5_000);

  calling = false;
  for (const versions of await Promise.all(answers)) {
    expect(versions.length).toBeGreaterThan(100);
    expect(versions, 'never an older live version after a newer one').toEqual(
      versions.toSorted((a, b) => a - b),
    );
  }
  await Promise.all([control.stop(), ...gateways.map((gateway) => gateway.stop())]);
  await Promise.all([redis.stop(), database.drop()]);
}, 90_000);
