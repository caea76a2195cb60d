import { readFile } from 'node:fs/promises';
import { findFreePort, testRedis } from '@px0/test-bed';
import { expect, onTestFinished, test } from 'vitest';
import { post } from '../client.js';
import { runGatewayProcess } from '../gateway-process.js';
import { newOrg, ready } from '../running-gateway.js';
import { SeededFeed } from '../seeded-feed.js';

const BODIES = 400;
const AT_ONCE = 8;
const LENGTH = 1_000_000;
/** Beside the bodies at hand: threads of the pool, and what the garbage collector has not come to. */
const MOST_GROWTH = 200;

/** MiB of memory that a process has. Source: proc_pid_status(5). */
async function residentOf(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024;
}

test(`the memory of ${BODIES} long bodies that were rendered in the pool is free again`, async () => {
  const { url, prefix } = testRedis();
  const feed = new SeededFeed({ url, prefix });
  onTestFinished(() => feed.close());
  await feed.begin();
  const org = newOrg();
  const key = await feed.key({ org_id: org.org_id });
  await feed.prompt({ ...org, slug: 'length', live: 1, tags: {} }, ['{{len .text}}']);
  const port = await findFreePort();
  const gateway = runGatewayProcess({
    REDIS_URL: url,
    PX0_REDIS_PREFIX: prefix,
    PX0_GATEWAY_PORT: String(port),
    PX0_GATEWAY_THREADS: '1',
    PX0_RENDER_TIMEOUT: '60000',
  });
  await gateway.listening();
  await ready(`http://127.0.0.1:${port}`);
  const render = async () => {
    const body = { variables: { text: 'x'.repeat(LENGTH) } };
    const answer = await post(`http://127.0.0.1:${port}/v1/prompts/length/render`, { key, body });
    expect(answer.json).toMatchObject({ rendered: String(LENGTH) });
  };

  const renderAll = (count: number) => Promise.all(Array.from({ length: count }, render));

  await renderAll(AT_ONCE);
  const before = await residentOf(gateway.child.pid);
  let most = before;
  for (let number = 0; number < BODIES; number += AT_ONCE) {
    await renderAll(AT_ONCE);
    most = Math.max(most, await residentOf(gateway.child.pid));
  }
  expect(most - before).toBeLessThan(MOST_GROWTH);
  expect(await gateway.stop()).toBe(0);
}, 120_000);
