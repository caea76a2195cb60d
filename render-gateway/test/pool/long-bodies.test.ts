import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { post } from '../client.js';
import { runFollowingProcess } from '../gateway-process.js';
import { newOrg } from '../running-gateway.js';

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
  const { gateway, feed, port } = await runFollowingProcess({ PX0_RENDER_TIMEOUT: '60000' });
  const org = newOrg();
  const key = await feed.key({ org_id: org.org_id });
  await feed.prompt({ ...org, slug: 'length', live: 1, tags: {} }, ['{{len .text}}']);
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
