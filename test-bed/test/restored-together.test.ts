import {
  call,
  createAccount,
  createPrompt,
  publish,
  startControlPlane,
  startGateway,
  startRedis,
  until,
} from '@px0/test-bed';
import { expect, test } from 'vitest';
import { Link } from '#chaos/link.js';
import { ChaosPostgres } from '#chaos/postgres.js';

test.each(['Redis', 'Postgres'])(
  'database and feed in %s restored to copies that fit each other: gateways go back with them, and take what is published then',
  async (house) => {
    const [postgres, redis] = await Promise.all([
      ChaosPostgres.start(),
      house === 'Redis' ? startRedis() : undefined,
    ]);
    const link = await Link.open('to Postgres', postgres.port);
    const neighbours = {
      databaseUrl: link.urlFor(postgres.url),
      ...(redis && { redis: { url: redis.url, prefix: 'px0' } }),
    };
    const startPostgres = async () => {
      await postgres.start();
      link.leadTo(postgres.port);
    };
    let control = await startControlPlane(neighbours);
    const gateway = await startGateway(neighbours);
    const account = await createAccount(control.url, control.output);
    const prompt = await createPrompt(control.url, account, 'Greeting');
    const rendered = async () => {
      const path = `/v1/prompts/${prompt.slug}/render`;
      const { json } = await call(gateway.url, 'POST', path, { token: account.key, body: {} });
      return (json as { rendered?: string }).rendered;
    };
    const served = (text: string) =>
      until(text, async () => (await rendered()) === text || undefined, 20_000);
    await publish(control.url, account, prompt, 'the first');
    await served('the first');

    await control.stop();
    await Promise.all([postgres.kill(), redis?.save()]);
    await postgres.copy();
    await startPostgres();
    control = await startControlPlane(neighbours);
    await publish(control.url, account, prompt, 'what is lost');
    await served('what is lost');

    await control.stop();
    await Promise.all([postgres.kill(), redis?.kill()]);
    await postgres.restore();
    await Promise.all([startPostgres(), redis?.start()]);
    control = await startControlPlane(neighbours);
    await served('the first');
    await publish(control.url, account, prompt, 'another second');
    await served('another second');
    expect(await rendered()).toBe('another second');

    await Promise.all([control.stop(), gateway.stop()]);
    await link.close();
    await Promise.all([postgres.stop(), redis?.stop()]);
  },
  120_000,
);
