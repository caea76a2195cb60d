import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FeedDocument } from '@px0/contract';
import { until } from '@px0/test-bed';
import { pino } from 'pino';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { houseOf } from '#snapshot/house.js';
import { openSnapshot } from '#snapshot/read-snapshot.js';
import { type KnownFeed, knownFeed, SnapshotKeeper } from '#snapshot/snapshot-keeper.js';
import { writeSnapshot } from '#snapshot/write-snapshot.js';
import { FakeClock } from '../fake-clock.js';

let directory: string;
let file: string;
let clock: FakeClock;
let known: KnownFeed | undefined;
let documents: FeedDocument[];
let counters: { snapshotsWritten: number; snapshotsFailed: number };
let logged: { level: number; msg: string; reason?: string; failures?: number }[];
/** Bytes and more that are written at once: two seconds of rest are for four mebibytes. */
const FOUR_MEBIBYTES = 4 * 1024 * 1024;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'px0-keeper-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  file = path.join(directory, 'gateway.snapshot');
  clock = new FakeClock(1_000_000);
  known = { position: { epoch: 'e', revision: 1 }, currentAt: 1_000_000 };
  documents = [{ key: 'a', revision: 1, body: 'A' }];
  counters = { snapshotsWritten: 0, snapshotsFailed: 0 };
  logged = [];
});

function keep(at = file, maxStaleness = 86_400): SnapshotKeeper {
  return new SnapshotKeeper({
    file: at,
    house: 'ours',
    maxStaleness,
    known: () => known,
    documents: () => documents,
    counters,
    clock,
    log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(JSON.parse(line)) }),
  });
}

const revisionIn = (of: string): number | undefined => {
  if (!existsSync(of)) return undefined;
  const snapshot = openSnapshot(of);
  snapshot.close();
  return snapshot.position.revision;
};
const written = (revision: number) =>
  until(`revision ${revision} is written`, async () =>
    revisionIn(file) === revision && clock.next !== undefined ? true : undefined,
  );
/** Lets the rest after writing pass, however long that took. */
const rested = () => clock.pass(clock.next ?? 0);
/** Waits until it rests after a failure. */
const resting = () => until('it rests', async () => (clock.next === 30_000 ? true : undefined));
const messages = () => logged.map(({ msg }) => msg);

/** The position moves. */
function change(keeper: SnapshotKeeper): number {
  const revision = (known?.position.revision ?? 0) + 1;
  known = { position: { epoch: 'e', revision }, currentAt: clock.now() };
  keeper.changed();
  return revision;
}

describe('writing', () => {
  test('waits for more changes for two seconds after the first', async () => {
    const keeper = keep();
    change(keeper);
    clock.pass(1_500);
    const last = change(keeper);
    expect(clock.next).toBe(500);
    clock.pass(500);
    await written(last);
    await keeper.stop();
  });

  test('rests so long that little is written over time', async () => {
    documents = [{ key: 'a', revision: 1, body: 'x'.repeat(2 * FOUR_MEBIBYTES) }];
    const keeper = keep();
    const first = change(keeper);
    clock.pass(2_000);
    await written(first);
    const second = change(keeper);
    expect(clock.next).toBeGreaterThan(3_900);
    rested();
    clock.pass(2_000);
    await written(second);
    await keeper.stop();
  });

  test('what changes while it is written is written the next time', async () => {
    const keeper = keep();
    const first = change(keeper);
    clock.pass(2_000);
    const second = change(keeper);
    await written(first);
    rested();
    clock.pass(2_000);
    await written(second);
    await keeper.stop();
  });

  test.each([
    [86_400, 600_000],
    [600, 30_000],
    [0, 2_000],
  ])(
    'goes on without changes, so that its age is known: for %d s of staleness every %d ms',
    async (maxStaleness, often) => {
      const keeper = keep(file, maxStaleness);
      const revision = change(keeper);
      clock.pass(2_000);
      await written(revision);
      rested();
      expect(clock.next).toBe(often);
      known = { position: { epoch: 'e', revision }, currentAt: clock.now() + 5 };
      clock.pass(often);
      await until('it is written anew', async () => {
        const snapshot = openSnapshot(file);
        snapshot.close();
        return snapshot.currentAt === known?.currentAt || undefined;
      });
      await keeper.stop();
    },
  );

  test('ends with all that is known, and nothing more is written then', async () => {
    const keeper = keep();
    const last = change(keeper);
    await keeper.stop();
    expect(revisionIn(file)).toBe(last);
    expect(clock.next).toBeUndefined();
    change(keeper);
    expect(clock.next).toBeUndefined();
    expect(readdirSync(directory)).toEqual(['gateway.snapshot']);
  });

  test('writes nothing before there is anything to keep', async () => {
    known = undefined;
    const keeper = keep();
    await keeper.stop();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that fails is logged once, tried again, and hurts nobody', async () => {
    // A file stands where the directory should be: not even root can write into that.
    const blocked = path.join(directory, 'blocked');
    writeFileSync(blocked, '');
    const keeper = keep(path.join(blocked, 'gateway.snapshot'));
    change(keeper);
    for (let failures = 1; failures <= 3; failures++) {
      clock.pass(32_000);
      await resting();
    }
    expect(messages()).toEqual(['the snapshot cannot be written']);
    rmSync(blocked);
    clock.pass(32_000);
    await until('it is written', async () =>
      revisionIn(path.join(blocked, 'gateway.snapshot')) === 2 ? true : undefined,
    );
    await keeper.stop();
    expect(counters).toEqual({ snapshotsWritten: 1, snapshotsFailed: 3 });
    expect(logged.filter(({ level }) => level >= 30)).toEqual([
      expect.objectContaining({ level: 40 }),
      expect.objectContaining({ msg: 'snapshots are written again', failures: 3 }),
    ]);
  });
});

describe('opening', () => {
  const write = (house = 'ours') =>
    writeSnapshot(file, { house, position: { epoch: 'e', revision: 5 }, currentAt: 77 }, documents);

  test('gives what was kept', async () => {
    await write();
    const snapshot = keep().open();
    expect(snapshot).toMatchObject({ position: { epoch: 'e', revision: 5 }, currentAt: 77, count: 1 });
    expect([...(snapshot?.documents ?? [])]).toEqual(documents);
    snapshot?.close();
  });

  test('leaves a file as it is that holds all that is known in the end', async () => {
    await write();
    const keeper = keep();
    keeper.open()?.close();
    known = { position: { epoch: 'e', revision: 5 }, currentAt: 77 };
    await keeper.stop();
    expect(counters.snapshotsWritten).toBe(0);
  });

  test('gives nothing, and says nothing, where there is none, not even the directory', () => {
    expect(keep().open()).toBeUndefined();
    expect(keep(path.join(directory, 'not/there/yet.snapshot')).open()).toBeUndefined();
    expect(logged).toEqual([]);
  });

  test('puts a damaged file aside, and says why', async () => {
    await write();
    const bytes = readFileSync(file);
    bytes.write('x', bytes.length - 30);
    writeFileSync(file, bytes);
    expect(keep().open()).toBeUndefined();
    expect(logged).toEqual([
      expect.objectContaining({
        msg: 'the snapshot is refused; the gateway starts without it',
        reason: 'its checksum is wrong',
      }),
    ]);
    expect(readdirSync(directory)).toEqual(['gateway.snapshot.refused']);
    expect(readFileSync(`${file}.refused`)).toEqual(bytes);
  });

  test("puts another feed's snapshot aside", async () => {
    await write('theirs');
    expect(keep().open()).toBeUndefined();
    expect(logged[0]?.reason).toBe('it is of another feed');
    expect(readdirSync(directory)).toEqual(['gateway.snapshot.refused']);
  });

  test('starts without a file that cannot be read at all', () => {
    mkdirSync(file);
    expect(keep().open()).toBeUndefined();
    expect(messages()).toEqual(['the snapshot cannot be read']);
  });

  test('removes what killed writers left, and nothing else', () => {
    const dead = '4194304'; // above the highest process id of Linux
    const mine = String(process.pid);
    const parent = String(process.ppid);
    for (const name of [
      `gateway.snapshot.${dead}-0123abcd.tmp`,
      `gateway.snapshot.${mine}-0123abcd.tmp`,
      `gateway.snapshot.${parent}-0123abcd.tmp`,
      `gateway.snapshot.${parent}-0123abce.tmp`,
      `another.snapshot.${dead}-0123abcd.tmp`,
      'gateway.snapshot.refused',
    ]) {
      writeFileSync(path.join(directory, name), '');
    }
    const longAgo = Date.now() / 1_000 - 3_600;
    utimesSync(path.join(directory, `gateway.snapshot.${parent}-0123abce.tmp`), longAgo, longAgo);
    keep().open();
    expect(readdirSync(directory).sort()).toEqual([
      `another.snapshot.${dead}-0123abcd.tmp`,
      `gateway.snapshot.${parent}-0123abcd.tmp`,
      'gateway.snapshot.refused',
    ]);
  });
});

test('what is known ends before the first document that is refused, so that it is read anew', () => {
  const position = { epoch: 'e', revision: 50 };
  expect(knownFeed({ position: undefined, currentAt: undefined }, Number.POSITIVE_INFINITY)).toBeUndefined();
  expect(knownFeed({ position, currentAt: 7 }, Number.POSITIVE_INFINITY)).toEqual({
    position,
    currentAt: 7,
  });
  expect(knownFeed({ position, currentAt: 7 }, 40)).toEqual({
    position: { epoch: 'e', revision: 39 },
    currentAt: 7,
  });
});

describe('the house of a feed', () => {
  const redis = (redisUrl: string, redisPrefix = 'px0') => houseOf({ redisUrl, redisPrefix });
  const postgres = (databaseUrl: string) => houseOf({ databaseUrl, redisPrefix: 'px0' });

  test('is the same, however it is connected to', () => {
    expect(redis('rediss://user:secret@cache.example.com:6379/0')).toBe(
      redis('redis://CACHE.example.com:6379'),
    );
    expect(postgres('postgresql://a:b%40@db.example.com/px0?sslmode=require')).toBe(
      postgres('postgres://db.example.com/px0'),
    );
    // The launcher's Postgres takes a free port at each start.
    expect(postgres('postgres://postgres:x@127.0.0.1:40001/postgres')).toBe(
      postgres('postgres://postgres:y@localhost:40002/postgres'),
    );
  });

  test('is another for another kind, host, port, database or prefix', () => {
    const houses = [
      redis('redis://cache.example.com:6379'),
      redis('redis://cache.example.com:6380'),
      redis('redis://other.example.com:6379'),
      redis('redis://cache.example.com:6379/1'),
      redis('redis://cache.example.com:6379', 'px1'),
      postgres('postgres://cache.example.com:6379/'),
      postgres('postgres://db.example.com/px0'),
      postgres('postgres://db.example.com/px1'),
    ];
    expect(new Set(houses).size).toBe(houses.length);
  });

  test('does not hold the words of an address', () => {
    expect(redis('redis://:secret@cache.example.com')).toMatch(/^[0-9a-f]{64}$/);
  });
});
