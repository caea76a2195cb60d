import { startGateway, testRedis, until } from '@px0/test-bed';
import { expect, onTestFinished, test } from 'vitest';
import { newPerson, newPrompt } from './cast.js';
import { documentedClient } from './documented-client.js';
import { startControlPlane } from './running-control-plane.js';

test('a gateway that stops is gone at once, one that is killed within 15 s', async () => {
  const redis = testRedis();
  const server = await startControlPlane({ REDIS_URL: redis.url, PX0_REDIS_PREFIX: redis.prefix });
  onTestFinished(() => server.close());
  const neighbours = { databaseUrl: server.databaseUrl, redis };
  const [killed, stopped, staying] = [
    await startGateway(neighbours),
    await startGateway(neighbours),
    await startGateway(neighbours),
  ];
  onTestFinished(() => staying.stop().then(() => {}));
  const client = await documentedClient(server.url);
  const person = await newPerson(server, client);
  const { id } = await newPrompt(client, person);
  const rollout = async (wait: number) =>
    (await client('GET', `/v1/prompts/${id}/rollout?wait=${wait}`, { token: person.token })).json.rollout;

  expect(await rollout(10_000)).toMatchObject({ gateways: 3, reached: 3 });
  await killed.stop('SIGKILL');
  const gone = performance.now();
  await stopped.stop();
  expect(await rollout(0)).toMatchObject({ gateways: 2, reached: 2 });
  await until(
    'the one that was killed is gone',
    async () => ((await rollout(0)).gateways === 1 ? true : undefined),
    17_000,
  );
  // Its last report came up to five seconds before its end.
  expect(performance.now() - gone).toBeGreaterThan(5_000);
}, 60_000);
