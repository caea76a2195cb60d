import { setTimeout as sleep } from 'node:timers/promises';
import { decodeMessage, documentKey, type FeedMessage, redisFeedLayout } from '@px0/contract';
import { InvalidProgramError, load, PROGRAM_FORMAT } from '@px0/template-engine';
import { until } from '@px0/test-bed';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createFeedWriter } from '#publishing/feed-writer.js';
import { Publisher } from '#publishing/publisher.js';
import { FEED_FORMAT } from '#publishing/publisher-position.js';
import { sessionsIn } from '#publishing/publisher-session.js';
import {
  breakPublishers,
  database,
  feed,
  livePrompt,
  prefix,
  publish,
  redis,
  settled,
  tenant,
  usePublishers,
  warnings,
} from './publisher-bed.js';

usePublishers();

describe('publishing', () => {
  it('begins with everything there is', async () => {
    const id = await livePrompt('first');
    const key = await tenant.apiKey();
    publish();
    const { documents, epoch, revision } = await settled();
    expect([...documents.keys()].sort()).toEqual(
      [
        key,
        documentKey.prompt(id),
        documentKey.slug(tenant.orgId, 'first'),
        documentKey.version(id, 1),
      ].sort(),
    );
    const { rows } = await tenant.query('select * from publisher_state');
    expect(rows).toEqual([
      {
        only_row: true,
        epoch,
        feed_format: FEED_FORMAT,
        reserved_revision: String(revision),
        confirmed_revision: String(revision),
        server: expect.stringMatching(/^\d+\.\d+\/\d+\/\d+$/),
      },
    ]);
  });

  it('carries each change to the feed', async () => {
    publish();
    await settled();
    const id = await livePrompt('greeting');
    expect((await settled()).documents.get(documentKey.prompt(id))).toMatchObject({ live: 1, tags: {} });
    await tenant.version(id, 2, 'Hello again');
    await tenant.query(`insert into version_tags values ($1, 'best', 2)`, [id]);
    await tenant.promote(id, 2);
    const { documents } = await settled();
    expect(documents.get(documentKey.prompt(id))).toMatchObject({ live: 2, tags: { best: 2 } });
    expect(documents.get(documentKey.version(id, 2))).toMatchObject({ version: 2 });
    expect(warnings()).toEqual([]);
  });

  it('takes what is deleted out of the feed, by cascades too, and tells it as tombstones', async () => {
    const id = await livePrompt('greeting');
    const key = await tenant.apiKey();
    publish();
    const before = await settled();
    expect(before.documents.size).toBe(4);
    await tenant.query('delete from organizations');
    const after = await settled();
    expect(after.documents.size).toBe(0);
    expect(after.epoch).toBe(before.epoch);
    const log = await redis.xrange(`${prefix}:feed:${after.epoch}:log`, '-', '+');
    expect(new Set(log.map(([, fields]) => fields[1]))).toEqual(
      new Set([
        key,
        documentKey.prompt(id),
        documentKey.slug(tenant.orgId, 'greeting'),
        documentKey.version(id, 1),
      ]),
    );
  });

  it('settles many changes of one thing by its newest state', async () => {
    const id = await livePrompt('busy');
    publish();
    const before = await settled();
    await tenant.query('begin');
    for (let n = 0; n < 50; n++) {
      await tenant.query(
        `insert into version_tags values ($1, 'turn', 1) on conflict (prompt_id, tag) do update set version = 1`,
        [id],
      );
    }
    await tenant.query('commit');
    const after = await settled();
    expect(after.revision - before.revision).toBe(1);
  });

  it('rings within milliseconds of a commit, and every second without news', async () => {
    const messages: { at: number; message: FeedMessage }[] = [];
    const ear = redis.duplicate();
    ear.on('message', (_channel, text) => {
      const message = decodeMessage(text);
      if (message !== undefined) messages.push({ at: performance.now(), message });
    });
    await ear.subscribe(redisFeedLayout(prefix).bell(0));
    const id = await livePrompt('quick');
    publish();
    await settled();
    await tenant.version(id, 2, 'two');
    await settled();
    const delays: number[] = [];
    for (let n = 0; n < 15; n++) {
      const heard = messages.length;
      await tenant.promote(id, 2 - (n % 2));
      const committed = performance.now();
      await until(
        'it rings',
        async () => messages.slice(heard).find(({ message }) => message.documents) ?? undefined,
      );
      delays.push((messages.at(-1)?.at ?? Number.NaN) - committed);
    }
    delays.sort((a, b) => a - b);
    expect(delays[7]).toBeLessThan(100);
    const heard = messages.length;
    await sleep(2_600);
    const beats = messages.slice(heard).map(({ message }) => message);
    expect(beats.length).toBeGreaterThanOrEqual(2);
    expect(beats.length).toBeLessThanOrEqual(3);
    for (const beat of beats)
      expect(beat).toEqual({ ...beat, previous: beat.revision, epoch: beats[0]?.epoch });
    ear.disconnect();
  });

  it('leaves out a version that does not compile, and publishes the rest', async () => {
    const id = await tenant.prompt('mixed');
    await tenant.version(id, 1, '{{ broken');
    await tenant.version(id, 2, 'whole');
    publish();
    const { documents } = await settled();
    expect(documents.has(documentKey.version(id, 1))).toBe(false);
    await tenant.version(id, 3, '{{ end }}');
    await tenant.version(id, 4, 'whole too');
    const after = await settled();
    expect(after.documents.has(documentKey.version(id, 3))).toBe(false);
    expect(after.documents.has(documentKey.version(id, 4))).toBe(true);
    expect(warnings().map(({ msg }) => msg)).toContain('a version does not compile, and is not published');
  });

  it('goes into Postgres where there is no Redis', async () => {
    const id = await livePrompt('small');
    const writer = createFeedWriter({ databaseUrl: database.url, redisPrefix: 'unused' });
    const publisher = publish(() => writer);
    await settled();
    await tenant.version(id, 2, 'two');
    await settled();
    const { rows } = await tenant.query('select key from feed_documents where body is not null');
    expect(rows).toHaveLength(4);
    await publisher.stop();
    await writer.close();
  });
});

describe('a feed of another format', () => {
  it.each(['1/0', null])('(%j) is written anew as a whole, and flips at once', async (format) => {
    const id = await livePrompt('upgraded');
    const key = documentKey.version(id, 1);
    const first = publish();
    const before = await settled();
    await first.stop();
    // What the build before left: a program that this one does not load.
    const stored = `${prefix}:feed:${before.epoch}:documents`;
    const written = (await redis.hget(stored, key)) ?? '';
    const older = written.replace(`"format":${PROGRAM_FORMAT},"name"`, '"format":0,"name"');
    expect(() => load(programOf(older))).toThrow(InvalidProgramError);
    await redis.hset(stored, key, older);
    await tenant.query('update publisher_state set feed_format = $1', [format]);

    const next = publish();
    const after = await until('a new epoch stands', async () => {
      const now = await feed();
      return now.epoch === before.epoch ? undefined : now;
    });
    expect(after.revision).toBeGreaterThan(before.revision);
    expect([...after.documents.keys()].sort()).toEqual([...before.documents.keys()].sort());
    const document = after.documents.get(key);
    expect(document?.kind === 'version' && load(document.program).render({})).toBe('Hello from upgraded');
    await next.stop();

    // That was all: the next start finds its own format and goes on.
    publish();
    await tenant.version(id, 2, 'two');
    expect((await settled()).epoch).toBe(after.epoch);
  });
});

function programOf(stored: string): unknown {
  return JSON.parse(stored.slice(stored.indexOf(':') + 1)).program;
}

describe('stopping', () => {
  it('is quick and leaves no connection, whatever the publisher was about', async () => {
    const idle = publish();
    await until('a feed stands', async () => (await feed()).epoch);
    const standby = publish();
    await sleep(100);
    const began = performance.now();
    await Promise.all([idle.stop(), standby.stop()]);
    const log = pino({ level: 'silent' });
    const neverStarted = new Publisher({
      openSession: sessionsIn(database.url, log),
      writer: createFeedWriter({ databaseUrl: database.url, redisPrefix: 'unused' }),
      log,
    });
    await neverStarted.stop();
    expect(performance.now() - began).toBeLessThan(500);
    await until('its connections are gone', async () => ((await breakPublishers()) === 0 ? true : undefined));
  });
});
