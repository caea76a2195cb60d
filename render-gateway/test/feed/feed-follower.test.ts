import { redisFeedLayout } from '@px0/contract';
import { describe, expect, it } from 'vitest';
import { document, followedFeeds, start } from './followed-feed.js';

const feedOf = followedFeeds();

describe('following', () => {
  it('begins with all that stands, and tells it', async () => {
    const feed = feedOf();
    await feed.rebuild(start, { a: 'A', b: 'B' });
    feed.follower.start();
    await feed.reached(start);
    expect(feed.changes.toSorted((x, y) => (x.key < y.key ? -1 : 1))).toEqual([
      document(10, 'a', 'A'),
      document(10, 'b', 'B'),
    ]);
    expect(await feed.follower.find('a')).toEqual({ known: true, document: document(10, 'a', 'A') });
    expect(feed.asked.lookUp).toBe(0);
  });

  it('applies what the bell says, in milliseconds, and asks the feed nothing', async () => {
    const feed = feedOf();
    await feed.rebuild(start, { a: 'A', b: 'B' });
    feed.follower.start();
    await feed.reached(start);
    const before = { ...feed.asked };
    feed.changes.length = 0;
    const documents = [document(11, 'a', 'A2'), document(12, 'b', null), document(13, 'c', 'C')];
    const began = performance.now();
    const head = await feed.append(start, ...documents);
    await feed.reached(head);
    expect(performance.now() - began).toBeLessThan(200);
    expect(feed.changes).toEqual(documents);
    expect(await Promise.all(['a', 'b', 'c'].map((key) => feed.bodyOf(key)))).toEqual(['A2', null, 'C']);
    expect(feed.asked).toEqual(before);
  });

  it('tells a document when the bell brings it, though a look-up had brought it before', async () => {
    const feed = feedOf();
    await feed.rebuild(start, {});
    feed.follower.start();
    await feed.reached(start);
    const head = await feed.append(start, document(11, 'a', 'A'));
    expect(await feed.bodyOf('a')).toBe('A');
    await feed.reached(head);
    expect(feed.changes).toEqual([document(11, 'a', 'A')]);
  });

  it('reads the log after a gap', async () => {
    const feed = feedOf();
    await feed.rebuild(start, { a: 'A' });
    feed.follower.start();
    await feed.reached(start);
    const before = feed.asked.readAll;
    // A message that never comes: written as the publisher does, but with a bell that nobody hears.
    const layout = redisFeedLayout(feed.prefix);
    await feed.redis
      .multi()
      .hset(layout.documents('first'), 'a', '11:A2')
      .xadd(layout.log('first'), '11-0', 'key', 'a', 'previous', '10')
      .hset(layout.head, 'revision', '11')
      .exec();
    const head = await feed.append({ epoch: 'first', revision: 11 }, document(12, 'b', 'B'));
    await feed.reached(head);
    expect(await feed.bodyOf('a')).toBe('A2');
    expect(feed.changes.slice(-2)).toEqual([document(11, 'a', 'A2'), document(12, 'b', 'B')]);
    expect(feed.asked.readAll).toBe(before);
  });

  it('reads the log when a message is too large for the bell', async () => {
    const feed = feedOf();
    await feed.rebuild(start, {});
    feed.follower.start();
    await feed.reached(start);
    await feed.reached(await feed.append(start, document(11, 'a', 'x'.repeat(300_000))));
    expect(feed.changes.map(({ key }) => key)).toEqual(['a']);
  });

  it('reads everything anew when the log no longer reaches back, and tells what has gone', async () => {
    const feed = feedOf();
    await feed.rebuild(start, { a: 'A', b: 'B', c: 'C' });
    feed.follower.start();
    await feed.reached(start);
    await feed.follower.stop();
    const head = await feed.append(start, document(11, 'a', 'A2'), document(12, 'b', null));
    await feed.redis.del(redisFeedLayout(feed.prefix).log('first'));
    feed.changes.length = 0;
    feed.follower.start();
    await feed.reached(head);
    expect(feed.asked.readAll).toBe(2);
    expect(feed.changes).toEqual([document(11, 'a', 'A2'), document(12, 'b', null)]);
    expect(await Promise.all(['a', 'b', 'c'].map((key) => feed.bodyOf(key)))).toEqual(['A2', null, 'C']);
  });

  it('goes over to a new epoch, serves meanwhile, and tells only what differs', async () => {
    const feed = feedOf();
    await feed.rebuild(start, { a: 'A', same: 'S', gone: 'G' });
    feed.follower.start();
    await feed.reached(start);
    feed.changes.length = 0;
    const head = { epoch: 'second', revision: 40 };
    await feed.rebuild(head, { a: 'A2', same: 'S', more: 'M' });
    expect(await feed.bodyOf('same')).toBe('S');
    await feed.reached(head);
    expect(feed.changes.toSorted((x, y) => (x.key < y.key ? -1 : 1))).toEqual([
      document(40, 'a', 'A2'),
      document(40, 'gone', null),
      document(40, 'more', 'M'),
    ]);
    expect(await Promise.all(['a', 'same', 'gone', 'more'].map((key) => feed.bodyOf(key)))).toEqual([
      'A2',
      'S',
      null,
      'M',
    ]);
    await feed.reached(await feed.append(head, document(41, 'same', 'S2')));
    expect(await feed.bodyOf('same')).toBe('S2');
  });

  it('keeps to its bound, and asks for what it let go', async () => {
    const feed = feedOf();
    feed.follow(5_000);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key ${n}`, `${n}`.padStart(500)]));
    await feed.rebuild(start, many);
    feed.follower.start();
    await feed.reached(start);
    expect(feed.follower.status().bytes).toBeLessThanOrEqual(5_000);
    for (const [key, body] of Object.entries(many)) expect(await feed.bodyOf(key)).toBe(body);
    expect(feed.follower.status().bytes).toBeLessThanOrEqual(5_000);
    expect(feed.evicted.length).toBeGreaterThan(30);
    expect(feed.asked.lookUp).toBeGreaterThan(30);
  });
});

describe('a reading of everything that finds no room', () => {
  it('has whoever knows a document as absent ask again', async () => {
    const feed = feedOf();
    feed.follow(5_000);
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`key ${n}`, `${n}`.padStart(500)]));
    await feed.rebuild(start, many);
    feed.follower.start();
    await feed.reached(start);
    // A thread was told that there is no such key, before this epoch had it.
    expect(await feed.bodyOf('new')).toBeNull();
    feed.evicted.length = 0;
    const head = { epoch: 'second', revision: 40 };
    await feed.rebuild(head, { ...many, new: 'N'.padStart(500) });
    await feed.reached(head);
    const told = [...feed.changes.map(({ key }) => key), ...feed.evicted];
    expect(told).toContain('new');
    expect(await feed.bodyOf('new')).toBe('N'.padStart(500));
  });
});
