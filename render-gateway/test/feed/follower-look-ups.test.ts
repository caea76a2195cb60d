import { describe, expect, it } from 'vitest';
import { document, followedFeeds, start } from './followed-feed.js';

const feedOf = followedFeeds();

describe('looking up', () => {
  it('asks once, whoever asks meanwhile', async () => {
    const feed = feedOf();
    await feed.rebuild(start, {});
    feed.follower.start();
    await feed.reached(start);
    const head = await feed.append(start, document(11, 'a', 'A'));
    await feed.reached(head);
    const answers = await Promise.all(Array.from({ length: 100 }, () => feed.bodyOf('unknown key')));
    expect(new Set(answers)).toEqual(new Set([null]));
    expect(feed.asked.lookUp).toBe(1);
  });

  it('remembers an absence, until the bell tells of the key', async () => {
    const feed = feedOf();
    await feed.rebuild(start, {});
    feed.follower.start();
    await feed.reached(start);
    expect(await feed.bodyOf('a')).toBeNull();
    expect(await feed.bodyOf('a')).toBeNull();
    expect(feed.asked.lookUp).toBe(1);
    await feed.reached(await feed.append(start, document(11, 'a', 'A')));
    expect(await feed.bodyOf('a')).toBe('A');
    expect(feed.asked.lookUp).toBe(1);
  });

  it('knows nothing while no feed stands, and follows as soon as one does', async () => {
    const feed = feedOf();
    feed.follower.start();
    await feed.inState('waiting');
    expect(await feed.bodyOf('a')).toBe('unknown');
    await feed.rebuild(start, { a: 'A' });
    await feed.reached(start, 1_000);
    expect(await feed.bodyOf('a')).toBe('A');
  });

  it('never gives an older state than it gave before, though the look-up was overtaken', async () => {
    const feed = feedOf();
    await feed.rebuild(start, { a: 'x'.repeat(300) });
    feed.follow(250); // nothing fits: every find asks
    feed.follower.start();
    await feed.reached(start);
    let head = start;
    let newest = 0;
    const deadline = Date.now() + 500;
    const write = async () => {
      while (Date.now() < deadline)
        head = await feed.append(head, document(head.revision + 1, 'a', 'x'.repeat(300)));
    };
    const ask = async () => {
      while (Date.now() < deadline) {
        const lookup = await feed.follower.find('a');
        const told = feed.changes.at(-1)?.revision ?? 0;
        if (!lookup.known) throw new Error('not known');
        expect(lookup.document.revision).toBeGreaterThanOrEqual(newest);
        newest = Math.max(lookup.document.revision, told);
      }
    };
    await Promise.all([write(), ask()]);
    expect(newest).toBeGreaterThan(20);
    await feed.reached(head);
  });
});
