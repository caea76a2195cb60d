import { onTestFinished } from 'vitest';
import { newOrg } from './running-gateway.js';
import { SeededFeed } from './seeded-feed.js';

/**
 * Begins a feed, to be followed by processes, with one live prompt in it: `greeting`, which renders `hello`.
 * @returns a key that may render it
 */
export async function greetingFeed(redis: { url: string; prefix: string }): Promise<string> {
  const feed = new SeededFeed(redis);
  onTestFinished(() => feed.close());
  await feed.begin();
  const { org_id } = newOrg();
  await feed.prompt({ org_id, slug: 'greeting', live: 1 }, ['hello']);
  return feed.key({ org_id });
}
