import { setTimeout as sleep } from 'node:timers/promises';
import {
  type FeedDocument,
  type FeedHead,
  type FeedMessage,
  type FeedReader,
  type FeedWriter,
  LOG_LENGTH,
} from '@px0/contract';
import { createFeedWriter } from '@px0/control-plane';
import { createFeedReader } from '@px0/render-gateway';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeEachHouse } from './each-house.js';
import { pages, SERVERS, start } from './feed-houses.js';

const document = (revision: number, key: string, body: string | null): FeedDocument => ({
  key,
  revision,
  body,
});

async function readAll(reader: FeedReader, epoch: string): Promise<FeedDocument[]> {
  const found: FeedDocument[] = [];
  for await (const page of reader.readAll(epoch)) found.push(...page);
  return found.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Collects what a subscription tells, and lets a test wait for it. */
async function listen(reader: FeedReader) {
  const messages: FeedMessage[] = [];
  let lost: Error | undefined;
  const subscription = await reader.subscribe({
    message: (message) => messages.push(message),
    lost: (reason) => {
      lost = reason;
    },
  });
  const until = async (holds: () => boolean, limit = 5_000) => {
    const deadline = Date.now() + limit;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`not within ${limit} ms; heard ${JSON.stringify(messages)}`);
      await sleep(5);
    }
  };
  return { messages, subscription, lost: () => lost, until };
}

describeEachHouse('a feed in %s', (houseOf) => {
  let writer: FeedWriter;
  let reader: FeedReader;
  beforeEach(() => {
    ({ writer, reader } = houseOf());
  });

  it('has no head while no feed stands, and answers nothing', async () => {
    expect(await writer.head()).toBeUndefined();
    expect(await reader.head()).toBeUndefined();
    expect(await reader.lookUp(['a'])).toBeUndefined();
    expect(await reader.readSince(start)).toBeUndefined();
    expect(await readAll(reader, 'first')).toEqual([]);
    expect(await writer.append(start, [document(11, 'a', 'A')])).toBe('diverged');
    expect(await writer.ring(start)).toBe(false);
    expect(await reader.head()).toBeUndefined();
  });

  it('stands after a rebuild, each document under the revision of the head', async () => {
    expect(await writer.rebuild(start, pages({ a: 'A', b: 'B', c: 'C' }))).toEqual(start);
    expect(await writer.head()).toEqual(start);
    expect(await reader.head()).toEqual(start);
    expect(await readAll(reader, 'first')).toEqual([
      document(10, 'a', 'A'),
      document(10, 'b', 'B'),
      document(10, 'c', 'C'),
    ]);
    expect(await reader.readSince(start)).toEqual({ head: start, documents: [] });
  });

  it('stands after a rebuild of nothing', async () => {
    expect(await writer.rebuild(start, pages({}))).toEqual(start);
    expect(await reader.lookUp(['a'])).toEqual({ head: start, documents: [] });
    expect(await readAll(reader, 'first')).toEqual([]);
  });

  it('keeps any text', async () => {
    const bodies = { 'slug:x:ü:🦊': 'a:b:"\\\n\u0000🦊 ü', 'key:1': `${'x'.repeat(300_000)}:` };
    const texts = { ...bodies, 'slug:x:ü:🦊': JSON.stringify(bodies['slug:x:ü:🦊']) };
    await writer.rebuild(start, pages(texts));
    const found = await reader.lookUp(Object.keys(texts));
    expect(Object.fromEntries(found?.documents.map(({ key, body }) => [key, body]) ?? [])).toEqual(texts);
  });

  it('moves documents, log and head in one append', async () => {
    await writer.rebuild(start, pages({ a: 'A', b: 'B' }));
    const head = await writer.append(start, [
      document(11, 'a', 'A2'),
      document(12, 'b', null),
      document(13, 'c', 'C'),
    ]);
    expect(head).toEqual({ epoch: 'first', revision: 13 });
    expect(await reader.head()).toEqual(head);
    expect(await reader.lookUp(['a', 'b', 'c', 'd'])).toEqual({
      head,
      documents: expect.toSatisfy((found: FeedDocument[]) => {
        expect(found.toSorted((x, y) => x.revision - y.revision)).toEqual([
          document(11, 'a', 'A2'),
          document(13, 'c', 'C'),
        ]);
        return true;
      }),
    });
    expect(await readAll(reader, 'first')).toEqual([document(11, 'a', 'A2'), document(13, 'c', 'C')]);
    expect(await reader.readSince(start)).toEqual({
      head,
      documents: [document(11, 'a', 'A2'), document(12, 'b', null), document(13, 'c', 'C')],
    });
  });

  it.each([
    ['another epoch', { epoch: 'other', revision: 10 }],
    ['a lower revision', { epoch: 'first', revision: 9 }],
    ['a higher revision', { epoch: 'first', revision: 11 }],
  ])('is fenced: whoever expects %s writes nothing and rings nothing', async (_what, expected) => {
    await writer.rebuild(start, pages({ a: 'A' }));
    const ear = await listen(reader);
    expect(await writer.append(expected, [document(20, 'a', 'wrong')])).toBe('diverged');
    expect(await writer.ring(expected)).toBe(false);
    expect(await reader.lookUp(['a'])).toEqual({ head: start, documents: [document(10, 'a', 'A')] });
    await writer.ring(start);
    await ear.until(() => ear.messages.length > 0);
    expect(ear.messages).toEqual([{ ...start, previous: 10 }]);
    await ear.subscription.unsubscribe();
  });

  it('lets only one of many appends to the same head through', async () => {
    await writer.rebuild(start, pages({}));
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, n) => writer.append(start, [document(11, 'a', `by ${n}`)])),
    );
    expect(results.filter((result) => result !== 'diverged')).toEqual([{ epoch: 'first', revision: 11 }]);
    const winner = results.findIndex((result) => result !== 'diverged');
    expect((await reader.lookUp(['a']))?.documents).toEqual([document(11, 'a', `by ${winner}`)]);
  });

  it('rings with the documents, and without news', async () => {
    await writer.rebuild(start, pages({}));
    const ear = await listen(reader);
    const documents = [document(11, 'a', 'A'), document(12, 'b', null)];
    await writer.append(start, documents);
    expect(await writer.ring({ epoch: 'first', revision: 12 })).toBe(true);
    await ear.until(() => ear.messages.length >= 2);
    expect(ear.messages).toEqual([
      { epoch: 'first', previous: 10, revision: 12, documents },
      { epoch: 'first', previous: 12, revision: 12 },
    ]);
    await ear.subscription.unsubscribe();
  });

  it('rings without the documents when they are too large for the bell', async () => {
    await writer.rebuild(start, pages({}));
    const ear = await listen(reader);
    await writer.append(start, [document(11, 'a', 'x'.repeat(300_000))]);
    await ear.until(() => ear.messages.length > 0);
    expect(ear.messages).toEqual([{ epoch: 'first', previous: 10, revision: 11 }]);
    expect((await reader.readSince(start))?.documents[0]?.body).toHaveLength(300_000);
    await ear.subscription.unsubscribe();
  });

  it('tells each changed document once, in its newest state, from where one stands', async () => {
    await writer.rebuild(start, pages({ a: 'A' }));
    await writer.append(start, [document(11, 'a', 'A2'), document(12, 'b', 'B')]);
    await writer.append({ epoch: 'first', revision: 12 }, [document(13, 'a', 'A3')]);
    await writer.append({ epoch: 'first', revision: 13 }, [document(14, 'b', null)]);
    const head = { epoch: 'first', revision: 14 };
    const all = [document(13, 'a', 'A3'), document(14, 'b', null)];
    expect(await reader.readSince(start)).toEqual({ head, documents: all });
    expect(await reader.readSince({ epoch: 'first', revision: 12 })).toEqual({ head, documents: all });
    expect(await reader.readSince({ epoch: 'first', revision: 13 })).toEqual({
      head,
      documents: all.slice(1),
    });
    expect(await reader.readSince(head)).toEqual({ head, documents: [] });
  });

  it('tells nothing to one who stands in another epoch, before its log, or beyond its head', async () => {
    await writer.rebuild(start, pages({ a: 'A' }));
    await writer.append(start, [document(11, 'a', 'A2')]);
    expect(await reader.readSince({ epoch: 'other', revision: 10 })).toBeUndefined();
    expect(await reader.readSince({ epoch: 'first', revision: 9 })).toBeUndefined();
    expect(await reader.readSince({ epoch: 'first', revision: 12 })).toBeUndefined();
  });

  it('goes on over revisions that were reserved and never written', async () => {
    await writer.rebuild(start, pages({}));
    const head = await writer.append(start, [document(15, 'a', 'A'), document(17, 'b', 'B')]);
    const documents = [document(15, 'a', 'A'), document(17, 'b', 'B')];
    expect(await reader.readSince(start)).toEqual({ head, documents });
    // Where a write stood that the store has lost again.
    expect(await reader.readSince({ epoch: 'first', revision: 12 })).toEqual({ head, documents });
    expect(await reader.readSince({ epoch: 'first', revision: 15 })).toEqual({
      head,
      documents: documents.slice(1),
    });
  });

  it(`has a log that reaches back ${LOG_LENGTH} revisions, and is cut some way beyond`, async () => {
    await writer.rebuild(start, pages({ gone: 'x' }));
    let head: FeedHead = start;
    const total = LOG_LENGTH + 2_500;
    for (let done = 0; done < total; done += 500) {
      const from = head.revision;
      const documents = Array.from({ length: 500 }, (_, n) =>
        // The same few documents again and again, and a deletion at the very beginning.
        from === start.revision && n === 0
          ? document(from + 1, 'gone', null)
          : document(from + 1 + n, `key ${n}`, `${from}`),
      );
      const next = await writer.append(head, documents);
      if (next === 'diverged') throw new Error('diverged');
      head = next;
    }
    const reach = await reader.readSince({ epoch: 'first', revision: head.revision - LOG_LENGTH });
    expect(reach?.head).toEqual(head);
    expect(reach?.documents).toHaveLength(500);
    expect(reach?.documents.at(-1)?.revision).toBe(head.revision);
    expect(await reader.readSince(start)).toBeUndefined();
    expect((await reader.lookUp(['gone', 'key 7']))?.documents).toHaveLength(1);
  }, 60_000);

  it('shows the old feed until a rebuild is complete, then the new one at once', async () => {
    await writer.rebuild(start, pages({ a: 'A', old: 'O' }));
    const ear = await listen(reader);
    const head = { epoch: 'second', revision: 50 };
    const seen: unknown[] = [];
    async function* watched() {
      for await (const page of pages({ a: 'A2', b: 'B', c: 'C' })) {
        yield page;
        seen.push((await reader.lookUp(['a', 'b']))?.documents, await reader.head());
      }
    }
    expect(await writer.rebuild(head, watched())).toEqual(head);
    expect(seen).toEqual([[document(10, 'a', 'A')], start, [document(10, 'a', 'A')], start]);
    expect(await reader.lookUp(['a', 'old'])).toEqual({ head, documents: [document(50, 'a', 'A2')] });
    expect((await readAll(reader, 'second')).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
    expect(await readAll(reader, 'first')).toEqual([]);
    expect(await reader.readSince(start)).toBeUndefined();
    await ear.until(() => ear.messages.length > 0);
    expect(ear.messages).toEqual([{ ...head, previous: 50 }]);
    expect(await writer.append(head, [document(51, 'b', null)])).toEqual({ epoch: 'second', revision: 51 });
    await ear.subscription.unsubscribe();
  });

  it('leaves the old feed standing when a rebuild breaks off, and takes another try', async () => {
    await writer.rebuild(start, pages({ a: 'A' }));
    async function* broken() {
      yield [{ key: 'a', body: 'half' }];
      throw new Error('the database went away');
    }
    await expect(writer.rebuild({ epoch: 'second', revision: 20 }, broken())).rejects.toThrow('went away');
    expect(await reader.lookUp(['a'])).toEqual({ head: start, documents: [document(10, 'a', 'A')] });
    const third = { epoch: 'third', revision: 30 };
    expect(await writer.rebuild(third, pages({ a: 'A3' }))).toEqual(third);
    expect((await reader.lookUp(['a']))?.documents).toEqual([document(30, 'a', 'A3')]);
  });

  it.each([10, 9])('refuses to be rebuilt at revision %i when it stands at 10', async (revision) => {
    await writer.rebuild(start, pages({ a: 'A' }));
    expect(await writer.rebuild({ epoch: 'late', revision }, pages({ a: 'old' }))).toBe('diverged');
    expect(await reader.lookUp(['a'])).toEqual({ head: start, documents: [document(10, 'a', 'A')] });
  });

  it('ends a reading of everything early when its epoch ends', async () => {
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`key ${n}`, 'x'.repeat(100)]));
    await writer.rebuild(start, pages(many, 500));
    let read = 0;
    for await (const page of reader.readAll('first')) {
      if (read === 0) await writer.rebuild({ epoch: 'second', revision: 20 }, pages({ b: 'B' }));
      read += page.length;
    }
    expect(read).toBeLessThan(3_000);
    expect(await reader.readSince(start)).toBeUndefined();
  });

  it('has no head again once it was emptied', async () => {
    await writer.rebuild(start, pages({ a: 'A' }));
    await houseOf().empty();
    expect(await writer.head()).toBeUndefined();
    expect(await reader.lookUp(['a'])).toBeUndefined();
    expect(await writer.append(start, [document(11, 'a', 'A')])).toBe('diverged');
    const second = { epoch: 'second', revision: 20 };
    expect(await writer.rebuild(second, pages({ a: 'B' }))).toEqual(second);
    expect(await reader.lookUp(['a'])).toEqual({ head: second, documents: [document(20, 'a', 'B')] });
  });

  it('tells nothing after unsubscribing', async () => {
    await writer.rebuild(start, pages({}));
    const ear = await listen(reader);
    await ear.subscription.unsubscribe();
    const other = await listen(reader);
    await writer.ring(start);
    await other.until(() => other.messages.length > 0);
    expect(ear.messages).toEqual([]);
    expect(ear.lost()).toBeUndefined();
    await other.subscription.unsubscribe();
  });
});

describe.each(Object.entries(SERVERS))('a feed in a %s that goes away', (_name, open) => {
  it('is lost to its subscribers, refuses at once, and works again when the server is back', async () => {
    const server = await open();
    const writer = createFeedWriter(server.address);
    const reader = createFeedReader(server.address);
    try {
      await writer.rebuild(start, pages({ a: 'A' }));
      const ear = await listen(reader);
      await reader.lookUp(['a']);
      await server.kill();
      await ear.until(() => ear.lost() !== undefined);
      expect(ear.lost()?.name).toBe('FeedUnavailableError');
      const before = performance.now();
      const unavailable = { name: 'FeedUnavailableError' };
      await expect(reader.lookUp(['a'])).rejects.toMatchObject(unavailable);
      await expect(reader.head()).rejects.toMatchObject(unavailable);
      await expect(reader.readSince(start)).rejects.toMatchObject(unavailable);
      await expect(readAll(reader, 'first')).rejects.toMatchObject(unavailable);
      await expect(listen(reader)).rejects.toMatchObject(unavailable);
      await expect(writer.append(start, [document(11, 'a', 'B')])).rejects.toMatchObject(unavailable);
      await expect(writer.ring(start)).rejects.toMatchObject(unavailable);
      expect(performance.now() - before).toBeLessThan(1_000);
      await server.start();
      await sleep(250);
      expect(await reader.head()).toEqual(server.headAfter);
      expect(await writer.head()).toEqual(server.headAfter);
    } finally {
      await writer.close();
      await reader.close();
      await server.stop();
    }
  });
});
