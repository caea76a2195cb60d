import { readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, testRedis } from '@px0/test-bed';
import { expect, onTestFinished, test } from 'vitest';
import { runGatewayProcess } from './gateway-process.js';
import { greetingFeed } from './greeting-feed.js';

const RESTARTS = 20;

/** @returns the status of a render's answer, or why there is none */
function render(port: number, key: string, agent: Agent | undefined): Promise<number | string> {
  const headers = { 'x-api-key': key, 'content-length': 2 };
  return new Promise((resolve) => {
    const options = { port, method: 'POST', path: '/v1/prompts/greeting/render', headers };
    const sent = request({ ...options, host: '127.0.0.1', agent: agent ?? false }, (response) => {
      response.on('error', (error) => resolve(String(error)));
      response.on('end', () => resolve(response.statusCode ?? 'no status')).resume();
    });
    sent.on('error', (error) => resolve(`${String(error)}${sent.reusedSocket ? ' on an idle one' : ''}`));
    sent.end('{}');
  });
}

/** What the README tells to set for rolling restarts, for each network namespace. */
const MIGRATION = '/proc/sys/net/ipv4/tcp_migrate_req';

/** Sets it until the test is over, where one may. */
async function handOverHandshakes(): Promise<void> {
  const before = await readFile(MIGRATION, 'utf8').catch(() => undefined);
  const isSet = await writeFile(MIGRATION, '1').then(
    () => true,
    () => false,
  );
  if (isSet && before !== undefined) onTestFinished(() => writeFile(MIGRATION, before));
}

test('twenty rolling restarts of two gateways behind one port under constant load: not one failed request', async () => {
  await handOverHandshakes();
  const { url, prefix } = testRedis();
  const key = await greetingFeed({ url, prefix });
  const port = await findFreePort();
  const start = () =>
    runGatewayProcess({
      REDIS_URL: url,
      PX0_REDIS_PREFIX: prefix,
      PX0_GATEWAY_PORT: String(port),
      PX0_GATEWAY_THREADS: '1',
      PX0_GATEWAY_SHARE_PORT: 'on',
      PX0_POOL_THREADS: '1',
      PX0_IDLE_GRACE: '6000',
    });

  const serving = [start(), start()];
  await Promise.all(serving.map((gateway) => gateway.listening()));

  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const outcomes = new Map<number | string, number>();
  let isOver = false;
  const load = async (client: Agent | undefined, pause: number) => {
    while (!isOver) {
      const outcome = await render(port, key, client);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await sleep(pause);
    }
  };
  // Four clients that keep their connections, and two with a new one for each request.
  const clients = [agent, agent, agent, agent, undefined, undefined].map((client) => load(client, 20));

  let next = start();
  for (let restart = 0; restart < RESTARTS; restart++) {
    const oldest = serving.shift();
    const stopped = oldest?.stop();
    await next.listening();
    serving.push(next);
    if (restart + 1 < RESTARTS) next = start();
    expect(await stopped).toBe(0);
  }
  isOver = true;
  await Promise.all(clients);
  expect([...outcomes.keys()]).toEqual([200]);
  expect(outcomes.get(200)).toBeGreaterThan(RESTARTS * 10);
  for (const status of await Promise.all(serving.map((gateway) => gateway.stop()))) expect(status).toBe(0);
}, 240_000);
