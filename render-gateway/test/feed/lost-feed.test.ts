import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '@px0/test-bed';
import { beforeEach, describe, expect, it } from 'vitest';
import { document, followedFeeds, start } from './followed-feed.js';

const feedOf = followedFeeds();

describe('a feed that goes away', () => {
  beforeEach(async () => {
    const feed = feedOf();
    await feed.rebuild(start, { a: 'A', b: 'B' });
    feed.follower.start();
    await feed.reached(start);
    feed.changes.length = 0;
  });

  it('killed: what is held is served, the rest is unknown, and at its return all is as it was', async () => {
    const feed = feedOf();
    expect(await feed.bodyOf('absent')).toBeNull();
    await feed.server.save();
    await feed.server.kill();
    await until('it is lost', async () => (feed.follower.status().state === 'following' ? undefined : true));
    expect(await Promise.all(['a', 'b'].map((key) => feed.bodyOf(key)))).toEqual(['A', 'B']);
    expect(await feed.bodyOf('absent')).toBe('unknown');
    expect(await feed.bodyOf('other')).toBe('unknown');
    await sleep(300);
    expect(feed.logged.filter(({ level }) => level >= 40).length).toBeLessThanOrEqual(3);
    await feed.server.start();
    await feed.reached(start);
    expect(await feed.bodyOf('other')).toBeNull();
    expect(feed.changes).toEqual([]);
    await feed.reached(await feed.append(start, document(11, 'a', 'A2')));
    expect(await feed.bodyOf('a')).toBe('A2');
  });

  it('killed and back empty: what is held is served until the new epoch stands', async () => {
    const feed = feedOf();
    await feed.server.kill();
    await feed.server.start({ empty: true });
    await feed.inState('waiting');
    expect(await Promise.all(['a', 'b'].map((key) => feed.bodyOf(key)))).toEqual(['A', 'B']);
    expect(await feed.bodyOf('other')).toBe('unknown');
    const head = { epoch: 'second', revision: 20 };
    await feed.rebuild(head, { a: 'A2' });
    await feed.reached(head);
    expect(await Promise.all(['a', 'b', 'other'].map((key) => feed.bodyOf(key)))).toEqual(['A2', null, null]);
    expect(feed.changes).toContainEqual(document(20, 'b', null));
  });

  it('emptied while the connection lives: it is found at the next silence or bell', async () => {
    const feed = feedOf();
    await feed.redis.flushall();
    expect(await feed.bodyOf('other')).toBe('unknown');
    expect(await feed.bodyOf('a')).toBe('A');
    const head = { epoch: 'second', revision: 20 };
    await feed.rebuild(head, { a: 'A2' });
    await feed.reached(head, 1_000);
  });

  it('restored from an older copy: nothing older is served, until the new epoch stands', async () => {
    const feed = feedOf();
    await feed.server.save();
    await feed.reached(await feed.append(start, document(11, 'a', 'A2'), document(12, 'c', 'C')));
    await feed.server.kill();
    await feed.server.start();
    await feed.inState('waiting');
    expect(await feed.reader.head()).toEqual(start);
    expect(await Promise.all(['a', 'c'].map((key) => feed.bodyOf(key)))).toEqual(['A2', 'C']);
    expect(await feed.bodyOf('other')).toBe('unknown');
    await feed.writer.ring(start);
    await sleep(50);
    expect(await feed.bodyOf('a')).toBe('A2');
    const head = { epoch: 'second', revision: 20 };
    await feed.rebuild(head, { a: 'A2', b: 'B', c: 'C' });
    await feed.reached(head);
    expect(await Promise.all(['a', 'b', 'c', 'other'].map((key) => feed.bodyOf(key)))).toEqual([
      'A2',
      'B',
      'C',
      null,
    ]);
  });

  it('loses a write that was already heard of: what is written next does not pass for it', async () => {
    const feed = feedOf();
    await feed.server.save();
    await feed.reached(await feed.append(start, document(11, 'a', 'lost')));
    await feed.server.kill();
    await feed.server.start();
    await feed.inState('waiting');
    // The publisher knows revision 11 for used, and goes on above it.
    const head = await feed.append(start, document(12, 'b', 'B2'), document(13, 'a', 'again'));
    await feed.reached(head);
    expect(await Promise.all(['a', 'b'].map((key) => feed.bodyOf(key)))).toEqual(['again', 'B2']);
  });

  it('stopped without a word: the silence is noticed, and what was missed is read', async () => {
    const feed = feedOf();
    const beat = setInterval(() => void feed.writer.ring(start).catch(() => undefined), 200);
    feed.server.pause();
    try {
      await until('the silence is noticed', async () =>
        feed.follower.status().state === 'following' ? undefined : true,
      );
      expect(await feed.bodyOf('a')).toBe('A');
      expect(await feed.bodyOf('other')).toBe('unknown');
    } finally {
      feed.server.resume();
      clearInterval(beat);
    }
    await feed.reached(await feed.append(start, document(11, 'a', 'A2')));
    expect(await feed.bodyOf('a')).toBe('A2');
  });

  it('with a publisher that is silent: it reads by and by, and stays up to date', async () => {
    const feed = feedOf();
    const before = feed.follower.status().currentAt ?? Number.NaN;
    await sleep(3_300);
    await feed.reached(start, 500);
    expect(feed.follower.status().currentAt).toBeGreaterThan(before + 2_500);
    expect(feed.asked.readSince).toBeGreaterThan(1);
    expect(feed.logged.filter(({ level }) => level >= 40)).toHaveLength(1);
  });
});
