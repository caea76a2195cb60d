import {
  encodeMessage,
  type FeedDocument,
  type FeedHead,
  type FeedReader,
  type FeedWriter,
  redisFeedLayout,
  steadyClock,
  systemClock,
} from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { testRedis, until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FeedFollower } from '#feed/feed-follower.js';
import { createFeedReader } from '#feed/feed-reader.js';

const document = (revision: number, key: string, body: string | null): FeedDocument => ({
  key,
  revision,
  body,
});
/** What the snapshot holds. */
const HELD = [document(10, 'a', 'A'), document(20, 'b', 'B'), document(15, 'gone', 'G')];
const AT: FeedHead = { epoch: 'e', revision: 20 };

let space: ReturnType<typeof testRedis>;
let writer: FeedWriter;
let reader: FeedReader;
let follower: FeedFollower;
let changes: FeedDocument[];
let evicted: string[];
let logged: string[];
/** By which the steady time, and the wall clock, are further than they would be. Milliseconds. */
let passed: number;
let putForward: number;
/** How often it has found nothing to go on from. */
let looks: number;
let current: FeedHead;
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  space = testRedis();
  const { url, prefix } = space;
  writer = createFeedWriter({ databaseUrl: 'postgres://unused', redisUrl: url, redisPrefix: prefix });
  reader = createFeedReader({ redisUrl: url, redisPrefix: prefix });
  opened.push(writer, reader);
  passed = 0;
  putForward = 0;
  looks = 0;
  restore(reader);
});
afterEach(async () => {
  await follower.stop();
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

function restore(from: FeedReader): void {
  changes = [];
  evicted = [];
  logged = [];
  follower = new FeedFollower({
    reader: from,
    maxBytes: 1_000_000,
    clock: { ...systemClock, now: () => systemClock.now() + putForward },
    steadyTime: () => steadyClock.now() + passed,
    log: pino({}, { write: (line: string) => void logged.push(JSON.parse(line).msg) }),
    onChange: (documents) => changes.push(...documents),
    onEvict: (key) => evicted.push(key),
    onEvent: (event) => {
      if (event === 'nothing') looks += 1;
    },
    restored: { position: AT, currentAt: 12_345, documents: HELD },
  });
}

async function rebuild(head: FeedHead, documents: Record<string, string>): Promise<void> {
  async function* page() {
    yield Object.entries(documents).map(([key, body]) => ({ key, body }));
  }
  if ((await writer.rebuild(head, page())) === 'diverged') throw new Error('diverged');
  current = head;
}

async function append(...documents: FeedDocument[]): Promise<void> {
  const head = await writer.append(current, documents);
  if (head === 'diverged') throw new Error('diverged');
  current = head;
}

const inState = (state: string) =>
  until(`state ${state}`, async () => (follower.status().state === state ? true : undefined));

async function bodyOf(key: string): Promise<string | null | 'unknown'> {
  const lookup = await follower.find(key);
  return lookup.known ? lookup.document.body : 'unknown';
}
const bodies = () => Promise.all(['a', 'b', 'gone', 'new'].map(bodyOf));

test('a follower that was restored knows what it was given before it has reached anything', async () => {
  const nowhere = createFeedReader({ redisUrl: 'redis://127.0.0.1:1', redisPrefix: 'x' });
  opened.push(nowhere);
  restore(nowhere);
  expect(follower.status()).toMatchObject({
    state: 'stopped',
    position: AT,
    currentAt: 12_345,
    documents: HELD.length,
  });
  follower.start();
  await inState('lost');
  expect(await bodies()).toEqual(['A', 'B', 'G', 'unknown']);
  expect(follower.status()).toMatchObject({ position: AT, currentAt: 12_345 });
  expect([...follower.documents(AT)]).toEqual(HELD);
});

test('it reads from its position by the log, and tells only what changed since', async () => {
  await rebuild({ epoch: 'e', revision: 9 }, { a: 'never read', gone: 'never read' });
  await append(document(20, 'b', 'B'));
  const since = [document(21, 'gone', null), document(22, 'new', 'N')];
  await append(...since);
  follower.start();
  await inState('following');
  expect(changes).toEqual(since);
  expect(await bodies()).toEqual(['A', 'B', null, 'N']);
  expect(follower.status().position).toEqual({ epoch: 'e', revision: 22 });
});

test('it reads everything of another epoch, and tells what is gone', async () => {
  await rebuild({ epoch: 'later', revision: 30 }, { a: 'A', b: 'B2', new: 'N' });
  follower.start();
  await inState('following');
  expect(changes).toContainEqual(document(30, 'gone', null));
  expect(await bodies()).toEqual(['A', 'B2', null, 'N']);
});

test('by an older copy of the store it stays where it is, until the next epoch begins', async () => {
  await rebuild({ epoch: 'e', revision: 12 }, { a: 'A', b: 'older', gone: 'G' });
  follower.start();
  await inState('waiting');
  passed = 3_600_000;
  expect(await bodies()).toEqual(['A', 'B', 'G', 'unknown']);
  await rebuild({ epoch: 'next', revision: 30 }, { a: 'A', b: 'B3' });
  await inState('following');
  expect(await bodies()).toEqual(['A', 'B3', null, null]);
  expect(evicted).toEqual([]);
});

test('a publisher that rings behind its position for ten seconds has it forget the snapshot, which is of another history', async () => {
  await rebuild({ epoch: 'another', revision: 12 }, { b: 'theirs' });
  follower.start();
  await inState('waiting');
  expect(await writer.ring(current)).toBe(true);
  await inState('waiting');
  passed = 9_000;
  await writer.ring(current);
  expect(follower.status().position).toEqual(AT);
  expect(await bodies()).toEqual(['A', 'B', 'G', 'unknown']);

  await until('it follows', async () => {
    passed += 1_500;
    await writer.ring(current);
    return follower.status().state === 'following' || undefined;
  });
  expect(follower.status().position).toEqual(current);
  expect(await bodies()).toEqual([null, 'theirs', null, null]);
  expect(evicted.sort()).toEqual(['a', 'b', 'gone']);
  expect(logged).toContain('the snapshot is not of this feed; it is forgotten');
});

test.each([
  ['forward', 3_600_000],
  ['back', -3_600_000],
])('a wall clock that is put %s makes those ten seconds neither shorter nor longer', async (_way, jump) => {
  await rebuild({ epoch: 'another', revision: 12 }, { b: 'theirs' });
  follower.start();
  await inState('waiting');
  for (let rings = 0; rings < 3; rings += 1) {
    passed += 3_000;
    putForward += jump;
    const before = looks;
    await writer.ring(current);
    await until('it has looked again', async () => looks > before || undefined);
  }
  expect(follower.status().position).toEqual(AT);
  await until('it follows', async () => {
    passed += 1_500;
    await writer.ring(current);
    return follower.status().state === 'following' || undefined;
  });
  expect(await bodyOf('b')).toBe('theirs');
});

/** Rings without asking anybody, as a message that was under way for long, or of somebody else, comes. */
async function hear(message: FeedHead & { previous?: number }): Promise<void> {
  const { url, prefix } = space;
  const redis = new Redis(url);
  await redis.publish(
    redisFeedLayout(prefix).bell(0),
    encodeMessage({ previous: message.revision, ...message }),
  );
  redis.disconnect();
}
/** Has it hear for half a minute what the test says. */
async function halfAMinuteOf(ring: (time: number) => Promise<unknown>): Promise<void> {
  for (let time = 0; time < 10; time += 1) {
    passed += 3_000;
    await ring(time);
    await inState('waiting');
  }
}

test.each([
  ['where no feed stands', undefined],
  ['where another one stands than is rung for', { epoch: 'e', revision: 12 }],
])('%s, ringing behind its position says nothing', async (_where, head) => {
  if (head !== undefined) await rebuild(head, { a: 'A' });
  follower.start();
  await inState('waiting');
  await halfAMinuteOf(() => hear({ epoch: 'another', revision: 12 }));
  expect(follower.status().position).toEqual(AT);
  expect(await bodies()).toEqual(['A', 'B', 'G', 'unknown']);
});

test('of ten seconds of ringing none may be for something else', async () => {
  await rebuild({ epoch: 'another', revision: 12 }, { b: 'theirs' });
  follower.start();
  await inState('waiting');
  await halfAMinuteOf((time) => (time % 3 === 2 ? hear({ epoch: 'd', revision: 3 }) : writer.ring(current)));
  expect(follower.status().position).toEqual(AT);
});

test('a publisher that has much to say while it is behind is believed as well', async () => {
  await rebuild({ epoch: 'another', revision: 5 }, { b: 'theirs' });
  follower.start();
  await inState('waiting');
  await until('it follows', async () => {
    passed += 1_500;
    if (current.revision < 18) await append(document(current.revision + 1, 'b', `theirs ${passed}`));
    else await writer.ring(current);
    return follower.status().state === 'following' || undefined;
  });
  expect(follower.status().position?.epoch).toBe('another');
  expect(current.revision).toBeLessThan(18);
});

test("what is rung in another of the server's databases is not heard", async () => {
  const { url, prefix } = space;
  const elsewhere = { redisUrl: `${url}/3`, redisPrefix: prefix };
  const neighbour = createFeedWriter({ databaseUrl: 'postgres://unused', ...elsewhere });
  const theirs = createFeedReader(elsewhere);
  opened.push(neighbour, theirs);
  const heard: string[] = [];
  const subscribe = (name: string, from: FeedReader) =>
    from.subscribe({ message: ({ epoch }) => void heard.push(`${name} hears of ${epoch}`), lost: () => {} });
  const subscriptions = [await subscribe('ours', reader), await subscribe('theirs', theirs)];
  async function* nothing() {}
  await neighbour.rebuild({ epoch: 'their epoch', revision: 1 }, nothing());
  await rebuild({ epoch: 'our epoch', revision: 1 }, {});
  await until('both have heard', async () => heard.length === 2 || undefined);
  expect(heard.sort()).toEqual(['ours hears of our epoch', 'theirs hears of their epoch']);
  for (const subscription of subscriptions) await subscription.unsubscribe();
});

test('once it has followed, its position is its own, and no ringing has it go back', async () => {
  await rebuild({ epoch: 'e', revision: 9 }, {});
  await append(document(20, 'b', 'B'));
  follower.start();
  await inState('following');
  await writer.ring({ ...current, revision: 12 });
  passed = 60_000;
  await writer.ring(current);
  expect(await bodies()).toEqual(['A', 'B', 'G', null]);
  expect(follower.status()).toMatchObject({ state: 'following', position: current });
});
