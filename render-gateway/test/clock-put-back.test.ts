import { redisFeedLayout } from '@px0/contract';
import { until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { RawConnection } from './client.js';
import { runFollowingProcess } from './gateway-process.js';
import { newOrg } from './running-gateway.js';

/** In every thread, Unix time runs backwards. */
const BACKWARDS = `
  const { now } = Date;
  const start = now();
  Date.now = () => 2 * start - now();
  console.error('backwards');`;

test('a gateway whose clock is put back all the time ends slow requests, and goes on telling how far it is', async () => {
  const {
    gateway,
    feed,
    port,
    redis: { url, prefix },
  } = await runFollowingProcess({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(BACKWARDS)}`,
    PX0_REQUEST_TIMEOUT: '300',
  });
  const key = await feed.key({ org_id: newOrg().org_id });
  // The primary and its worker.
  expect(gateway.output.err).toBe('backwards\n'.repeat(2));

  const connection = new RawConnection(port);
  onTestFinished(() => connection.close());
  await connection.send(
    `POST /v1/prompts/x/render HTTP/1.1\r\nhost: x\r\nx-api-key: ${key}\r\ncontent-length: 9\r\n\r\n{`,
  );
  expect(await connection.answer()).toMatchObject({ status: 408 });

  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  const reportedAt = async () => {
    const [report] = await redis.hvals(redisFeedLayout(prefix).gateways);
    return report === undefined ? undefined : Number.parseInt(report, 10);
  };
  const first = await until('a report', reportedAt);
  // Of which nothing else is to be told: renewed every five seconds.
  await until(
    'a report that is renewed',
    async () => ((await reportedAt()) ?? 0) > first + 1_000 || undefined,
    15_000,
  );

  expect(await gateway.stop()).toBe(0);
}, 40_000);
