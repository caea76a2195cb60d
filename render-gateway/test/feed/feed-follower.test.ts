import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FeedDocument,
  type FeedHead,
  type FeedReader,
  type FeedWriter,
  redisFeedLayout,
  systemClock,
} from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { type RedisServer, startRedis, until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FeedFollower } from '#feed/feed-follower.js';
import { createFeedReader } from '#feed/feed-reader.js';

let server: RedisServer;
let prefix: string;
let writer: FeedWriter;
let reader: FeedReader;
let follower: FeedFollower;
let changes: FeedDocument[];
let evicted: string[];
let logged: { level: number; msg: string }[];
/** What a reader was asked for. */
let asked: Record<'readSince' | 'readAll' | 'lookUp', number>;
let redis: Redis;

const document = (revision: number, key: string, body: string | null): FeedDocument => ({
  key,
  revision,
  body,
});
const start: FeedHead = { epoch: 'first', revision: 10 };

beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  prefix = randomUUID();
  redis = new Redis(server.url);
  redis.on('error', () => {}); // tests take the server away under it
  writer = createFeedWriter({ databaseUrl: 'postgres://unused', redisUrl: server.url, redisPrefix: prefix });
  asked = { readSince: 0, readAll: 0, lookUp: 0 };
  reader = counting(createFeedReader({ redisUrl: server.url, redisPrefix: prefix }));
  logged = [];
  follower = create(1_000_000);
});
afterEach(async () => {
  await follower.stop();
  await reader.close();
  await writer.close();
  redis.disconnect();
});

function create(maxBytes: number): FeedFollower {
  changes = [];
  evicted = [];
  return new FeedFollower({
    reader,
    maxBytes,
    clock: systemClock,
    log: pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    onChange: (documents) => changes.push(...documents),
    onEvict: (key) => evicted.push(key),
  });
}

function counting(inner: FeedReader): FeedReader {
  return new Proxy(inner, {
    get(target, property) {
      if (Object.hasOwn(asked, property)) asked[property as keyof typeof asked]++;
      const value = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function* page(documents: Record<string, string>) {
  yield Object.entries(documents).map(([key, body]) => ({ key, body }));
}

const rebuild = (head: FeedHead, documents: Record<string, string>) => writer.rebuild(head, page(documents));

async function append(head: FeedHead, ...documents: FeedDocument[]): Promise<FeedHead> {
  const result = await writer.append(head, documents);
  if (result === 'diverged') throw new Error('diverged');
  return result;
}

/** Waits until the follower stands at this head. */
const reached = (head: FeedHead, limit = 5_000) =>
  until(
    `revision ${head.revision} of ${head.epoch}`,
    async () => {
      const { state, position } = follower.status();
      return state === 'following' && position?.epoch === head.epoch && position.revision === head.revision
        ? true
        : undefined;
    },
    limit,
  );

const inState = (state: string) =>
  until(`state ${state}`, async () => (follower.status().state === state ? true : undefined));

async function bodyOf(key: string): Promise<string | null | 'unknown'> {
  const lookup = await follower.find(key);
  return lookup.known ? lookup.document.body : 'unknown';
}

describe('following', () => {
  it('begins with all that stands, and tells it', async () => {
    await rebuild(start, { a: 'A', b: 'B' });
    follower.start();
    await reached(start);
    expect(changes.toSorted((x, y) => (x.key < y.key ? -1 : 1))).toEqual([
      document(10, 'a', 'A'),
      document(10, 'b', 'B'),
    ]);
    expect(await follower.find('a')).toEqual({ known: true, document: document(10, 'a', 'A') });
    expect(asked.lookUp).toBe(0);
  });

  it('applies what the bell says, in milliseconds, and asks the feed nothing', async () => {
    await rebuild(start, { a: 'A', b: 'B' });
    follower.start();
    await reached(start);
    const before = { ...asked };
    changes.length = 0;
    const documents = [document(11, 'a', 'A2'), document(12, 'b', null), document(13, 'c', 'C')];
    const began = performance.now();
    const head = await append(start, ...documents);
    await reached(head);
    expect(performance.now() - began).toBeLessThan(200);
    expect(changes).toEqual(documents);
    expect(await Promise.all(['a', 'b', 'c'].map(bodyOf))).toEqual(['A2', null, 'C']);
    expect(asked).toEqual(before);
  });

  it('tells a document when the bell brings it, though a look-up had brought it before', async () => {
    await rebuild(start, {});
    follower.start();
    await reached(start);
    const head = await append(start, document(11, 'a', 'A'));
    expect(await bodyOf('a')).toBe('A');
    await reached(head);
    expect(changes).toEqual([document(11, 'a', 'A')]);
  });

  it('reads the log after a gap', async () => {
    await rebuild(start, { a: 'A' });
    follower.start();
    await reached(start);
    const before = asked.readAll;
    // A message that never comes: written as the publisher does, but with a bell that nobody hears.
    const layout = redisFeedLayout(prefix);
    await redis
      .multi()
      .hset(layout.documents('first'), 'a', '11:A2')
      .xadd(layout.log('first'), '11-0', 'key', 'a', 'previous', '10')
      .hset(layout.head, 'revision', '11')
      .exec();
    const head = await append({ epoch: 'first', revision: 11 }, document(12, 'b', 'B'));
    await reached(head);
    expect(await bodyOf('a')).toBe('A2');
    expect(changes.slice(-2)).toEqual([document(11, 'a', 'A2'), document(12, 'b', 'B')]);
    expect(asked.readAll).toBe(before);
  });

  it('reads the log when a message is too large for the bell', async () => {
    await rebuild(start, {});
    follower.start();
    await reached(start);
    await reached(await append(start, document(11, 'a', 'x'.repeat(300_000))));
    expect(changes.map(({ key }) => key)).toEqual(['a']);
  });

  it('reads everything anew when the log no longer reaches back, and tells what has gone', async () => {
    await rebuild(start, { a: 'A', b: 'B', c: 'C' });
    follower.start();
    await reached(start);
    await follower.stop();
    const head = await append(start, document(11, 'a', 'A2'), document(12, 'b', null));
    await redis.del(redisFeedLayout(prefix).log('first'));
    changes.length = 0;
    follower.start();
    await reached(head);
    expect(asked.readAll).toBe(2);
    expect(changes).toEqual([document(11, 'a', 'A2'), document(12, 'b', null)]);
    expect(await Promise.all(['a', 'b', 'c'].map(bodyOf))).toEqual(['A2', null, 'C']);
  });

  it('goes over to a new epoch, serves meanwhile, and tells only what differs', async () => {
    await rebuild(start, { a: 'A', same: 'S', gone: 'G' });
    follower.start();
    await reached(start);
    changes.length = 0;
    const head = { epoch: 'second', revision: 40 };
    await rebuild(head, { a: 'A2', same: 'S', more: 'M' });
    expect(await bodyOf('same')).toBe('S');
    await reached(head);
    expect(changes.toSorted((x, y) => (x.key < y.key ? -1 : 1))).toEqual([
      document(40, 'a', 'A2'),
      document(40, 'gone', null),
      document(40, 'more', 'M'),
    ]);
    expect(await Promise.all(['a', 'same', 'gone', 'more'].map(bodyOf))).toEqual(['A2', 'S', null, 'M']);
    await reached(await append(head, document(41, 'same', 'S2')));
    expect(await bodyOf('same')).toBe('S2');
  });

  it('keeps to its bound, and asks for what it let go', async () => {
    follower = create(5_000);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key ${n}`, `${n}`.padStart(500)]));
    await rebuild(start, many);
    follower.start();
    await reached(start);
    expect(follower.status().bytes).toBeLessThanOrEqual(5_000);
    for (const [key, body] of Object.entries(many)) expect(await bodyOf(key)).toBe(body);
    expect(follower.status().bytes).toBeLessThanOrEqual(5_000);
    expect(evicted.length).toBeGreaterThan(30);
    expect(asked.lookUp).toBeGreaterThan(30);
  });
});

describe('a reading of everything that finds no room', () => {
  it('has whoever knows a document as absent ask again', async () => {
    follower = create(5_000);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key ${n}`, `${n}`.padStart(500)]));
    await rebuild(start, many);
    follower.start();
    await reached(start);
    // A thread was told that there is no such key, before this epoch had it.
    expect(await bodyOf('new')).toBeNull();
    evicted.length = 0;
    const head = { epoch: 'second', revision: 40 };
    await rebuild(head, { ...many, new: 'N'.padStart(500) });
    await reached(head);
    const told = [...changes.map(({ key }) => key), ...evicted];
    expect(told).toContain('new');
    expect(await bodyOf('new')).toBe('N'.padStart(500));
  });
});

describe('looking up', () => {
  it('asks once, whoever asks meanwhile', async () => {
    await rebuild(start, {});
    follower.start();
    await reached(start);
    const head = await append(start, document(11, 'a', 'A'));
    await reached(head);
    const answers = await Promise.all(Array.from({ length: 100 }, () => bodyOf('unknown key')));
    expect(new Set(answers)).toEqual(new Set([null]));
    expect(asked.lookUp).toBe(1);
  });

  it('remembers an absence, until the bell tells of the key', async () => {
    await rebuild(start, {});
    follower.start();
    await reached(start);
    expect(await bodyOf('a')).toBeNull();
    expect(await bodyOf('a')).toBeNull();
    expect(asked.lookUp).toBe(1);
    await reached(await append(start, document(11, 'a', 'A')));
    expect(await bodyOf('a')).toBe('A');
    expect(asked.lookUp).toBe(1);
  });

  it('knows nothing while no feed stands, and follows as soon as one does', async () => {
    follower.start();
    await inState('waiting');
    expect(await bodyOf('a')).toBe('unknown');
    await rebuild(start, { a: 'A' });
    await reached(start, 1_000);
    expect(await bodyOf('a')).toBe('A');
  });

  it('never gives an older state than it gave before, though the look-up was overtaken', async () => {
    await rebuild(start, { a: 'x'.repeat(300) });
    follower = create(250); // nothing fits: every find asks
    follower.start();
    await reached(start);
    let head = start;
    let newest = 0;
    const deadline = Date.now() + 500;
    const write = async () => {
      while (Date.now() < deadline)
        head = await append(head, document(head.revision + 1, 'a', 'x'.repeat(300)));
    };
    const ask = async () => {
      while (Date.now() < deadline) {
        const lookup = await follower.find('a');
        const told = changes.at(-1)?.revision ?? 0;
        if (!lookup.known) throw new Error('not known');
        expect(lookup.document.revision).toBeGreaterThanOrEqual(newest);
        newest = Math.max(lookup.document.revision, told);
      }
    };
    await Promise.all([write(), ask()]);
    expect(newest).toBeGreaterThan(20);
    await reached(head);
  });
});

describe('a feed that goes away', () => {
  beforeEach(async () => {
    await rebuild(start, { a: 'A', b: 'B' });
    follower.start();
    await reached(start);
    changes.length = 0;
  });

  it('killed: what is held is served, the rest is unknown, and at its return all is as it was', async () => {
    expect(await bodyOf('absent')).toBeNull();
    await server.save();
    await server.kill();
    await until('it is lost', async () => (follower.status().state === 'following' ? undefined : true));
    expect(await Promise.all(['a', 'b'].map(bodyOf))).toEqual(['A', 'B']);
    expect(await bodyOf('absent')).toBe('unknown');
    expect(await bodyOf('other')).toBe('unknown');
    await sleep(300);
    expect(logged.filter(({ level }) => level >= 40).length).toBeLessThanOrEqual(3);
    await server.start();
    await reached(start);
    expect(await bodyOf('other')).toBeNull();
    expect(changes).toEqual([]);
    await reached(await append(start, document(11, 'a', 'A2')));
    expect(await bodyOf('a')).toBe('A2');
  });

  it('killed and back empty: what is held is served until the new epoch stands', async () => {
    await server.kill();
    await server.start({ empty: true });
    await inState('waiting');
    expect(await Promise.all(['a', 'b'].map(bodyOf))).toEqual(['A', 'B']);
    expect(await bodyOf('other')).toBe('unknown');
    const head = { epoch: 'second', revision: 20 };
    await rebuild(head, { a: 'A2' });
    await reached(head);
    expect(await Promise.all(['a', 'b', 'other'].map(bodyOf))).toEqual(['A2', null, null]);
    expect(changes).toContainEqual(document(20, 'b', null));
  });

  it('emptied while the connection lives: it is found at the next silence or bell', async () => {
    await redis.flushall();
    expect(await bodyOf('other')).toBe('unknown');
    expect(await bodyOf('a')).toBe('A');
    const head = { epoch: 'second', revision: 20 };
    await rebuild(head, { a: 'A2' });
    await reached(head, 1_000);
  });

  it('restored from an older copy: nothing older is served, until the new epoch stands', async () => {
    await server.save();
    await reached(await append(start, document(11, 'a', 'A2'), document(12, 'c', 'C')));
    await server.kill();
    await server.start();
    await inState('waiting');
    expect(await reader.head()).toEqual(start);
    expect(await Promise.all(['a', 'c'].map(bodyOf))).toEqual(['A2', 'C']);
    expect(await bodyOf('other')).toBe('unknown');
    await writer.ring(start);
    await sleep(50);
    expect(await bodyOf('a')).toBe('A2');
    const head = { epoch: 'second', revision: 20 };
    await rebuild(head, { a: 'A2', b: 'B', c: 'C' });
    await reached(head);
    expect(await Promise.all(['a', 'b', 'c', 'other'].map(bodyOf))).toEqual(['A2', 'B', 'C', null]);
  });

  it('loses a write that was already heard of: what is written next does not pass for it', async () => {
    await server.save();
    await reached(await append(start, document(11, 'a', 'lost')));
    await server.kill();
    await server.start();
    await inState('waiting');
    // The publisher knows revision 11 for used, and goes on above it.
    const head = await append(start, document(12, 'b', 'B2'), document(13, 'a', 'again'));
    await reached(head);
    expect(await Promise.all(['a', 'b'].map(bodyOf))).toEqual(['again', 'B2']);
  });

  it('stopped without a word: the silence is noticed, and what was missed is read', async () => {
    const beat = setInterval(() => void writer.ring(start).catch(() => undefined), 200);
    server.pause();
    try {
      await until('the silence is noticed', async () =>
        follower.status().state === 'following' ? undefined : true,
      );
      expect(await bodyOf('a')).toBe('A');
      expect(await bodyOf('other')).toBe('unknown');
    } finally {
      server.resume();
      clearInterval(beat);
    }
    await reached(await append(start, document(11, 'a', 'A2')));
    expect(await bodyOf('a')).toBe('A2');
  });

  it('with a publisher that is silent: it reads by and by, and stays up to date', async () => {
    const before = follower.status().currentAt ?? Number.NaN;
    await sleep(3_300);
    await reached(start, 500);
    expect(follower.status().currentAt).toBeGreaterThan(before + 2_500);
    expect(asked.readSince).toBeGreaterThan(1);
    expect(logged.filter(({ level }) => level >= 40)).toHaveLength(1);
  });
});
