import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { StartError } from '#start-error.js';
import { ThreadKeeper } from '#threads/thread-keeper.js';

const keepers: ThreadKeeper[] = [];
afterEach(async () => {
  await Promise.all(keepers.splice(0).map((keeper) => keeper.stop()));
});

/** Delays that the keeper asks for, each run as soon as the test says. */
class Timers {
  readonly pending: { run: () => void; delay: number }[] = [];
  time = 0;
  now = () => this.time;
  setTimeout = (run: () => void, delay: number) => {
    const timer = { run, delay };
    this.pending.push(timer);
    return timer;
  };
  clearTimeout = (timer: unknown) => {
    const index = this.pending.indexOf(timer as (typeof this.pending)[number]);
    if (index >= 0) this.pending.splice(index, 1);
  };
  /** @returns the delay of the next timer, which is run */
  async next(): Promise<number> {
    for (;;) {
      const timer = this.pending.shift();
      if (timer !== undefined) {
        timer.run();
        return timer.delay;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

const LISTEN = `
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', (message) => {
    if (message.kind === 'drain') process.exit(0);
    if (message.kind === 'changed') throw new Error('dies of a document');
  });
  parentPort.postMessage({ kind: 'listening' });`;

function keep(code: string, count = 2) {
  const clock = new Timers();
  const keeper = new ThreadKeeper({
    count,
    settings: {
      host: '127.0.0.1',
      port: 4711,
      templateCacheBytes: 1,
      poolPlaces: 1,
      maxStaleness: 1,
      bounds: { maxBodyBytes: 1, requestTimeout: 1, inFlightBytes: 1, idleGrace: 1 },
      corsOrigins: [],
    },
    body: new URL(`data:text/javascript,${encodeURIComponent(code)}`),
    clock,
    log: pino({ level: 'silent' }),
    greeting: () => [],
    onMessage: () => {},
  });
  keepers.push(keeper);
  return { keeper, clock };
}

test('all threads are started', async () => {
  const { keeper } = keep(LISTEN, 3);
  await keeper.start();
  expect(keeper.workers).toHaveLength(3);
});

test('a thread that cannot listen keeps the gateway from starting', async () => {
  const { keeper } = keep(`throw new Error('cannot listen');`);
  await expect(keeper.start()).rejects.toThrow(StartError);
});

test('a thread that dies again and again is replaced more and more slowly, and at once after a steady time', async () => {
  const { keeper, clock } = keep(LISTEN, 1);
  await keeper.start();
  const delays: number[] = [];
  for (let death = 0; death < 9; death++) {
    keeper.broadcast({ kind: 'changed', documents: [] });
    delays.push(await clock.next());
    while (keeper.workers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(delays).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  clock.time += 60_000;
  keeper.broadcast({ kind: 'changed', documents: [] });
  expect(await clock.next()).toBe(50);
});

test('stopping ends every thread, and replaces none', async () => {
  const { keeper, clock } = keep(LISTEN, 3);
  await keeper.start();
  await keeper.stop();
  expect(keeper.workers).toHaveLength(0);
  expect(clock.pending).toEqual([]);
});

test('a thread whose heap is full is drained once another listens in its place, and hears of changes until it ends', async () => {
  const { keeper, clock } = keep(
    `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', (message) => {
      if (message.kind === 'readiness') parentPort.postMessage({ kind: 'full', used: 9, limit: 10 });
      if (message.kind === 'changed') parentPort.postMessage({ kind: 'used', ids: ['heard'] });
      if (message.kind === 'drain') setTimeout(() => process.exit(0), 100);
    });
    parentPort.postMessage({ kind: 'listening' });`,
    1,
  );
  await keeper.start();
  const [full] = keeper.workers;
  if (full === undefined) throw new Error('no worker thread');
  const ended = new Promise((resolve) => full.once('exit', resolve));
  let heard = 0;
  full.on('message', ({ kind }: { kind: string }) => {
    if (kind === 'used') heard += 1;
  });
  keeper.tell(full, { kind: 'readiness', readiness: { ready: true, dependencies: {} } });
  expect(await clock.next()).toBe(50);
  while (keeper.workers.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(keeper.workers).toContain(full);
  keeper.broadcast({ kind: 'changed', documents: [] });
  expect(await ended).toBe(0);
  expect(heard).toBe(1);
  expect(keeper.workers).toHaveLength(1);
  expect(keeper.workers).not.toContain(full);
  expect(clock.pending).toEqual([]);
});

describe('where no thread can be started in the place of a full one', () => {
  /** What a thread is that says so when it is told of readiness, and cannot listen once a file is gone. */
  async function full(count: number) {
    const directory = await mkdtemp(path.join(tmpdir(), 'px0-keeper-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = path.join(directory, 'may-listen');
    await writeFile(file, '');
    const { keeper, clock } = keep(
      `
      import { existsSync } from 'node:fs';
      import { parentPort } from 'node:worker_threads';
      if (!existsSync(${JSON.stringify(file)})) throw new Error('cannot listen');
      parentPort.on('message', (message) => {
        if (message.kind === 'readiness') parentPort.postMessage({ kind: 'full', used: 9, limit: 10 });
        if (message.kind === 'drain') process.exit(0);
      });
      parentPort.postMessage({ kind: 'listening' });`,
      count,
    );
    await keeper.start();
    await rm(file);
    const [worker] = keeper.workers;
    if (worker === undefined) throw new Error('no worker thread');
    let isEnded = false;
    const ended = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        isEnded = true;
        resolve();
      });
    });
    keeper.tell(worker, { kind: 'readiness', readiness: { ready: true, dependencies: {} } });
    return { keeper, clock, worker, ended, isEnded: () => isEnded, allow: () => writeFile(file, '') };
  }

  test('the last one serves on, until one can be', async () => {
    const { keeper, clock, worker, ended, isEnded, allow } = await full(1);
    const delays = [await clock.next(), await clock.next(), await clock.next(), await clock.next()];
    expect(delays).toEqual([50, 100, 200, 400]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([isEnded(), keeper.workers.includes(worker)]).toEqual([false, true]);
    await allow();
    while (!isEnded()) {
      if (clock.pending.length > 0) await clock.next();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await ended;
    expect(keeper.workers).toHaveLength(1);
  });

  test('one beside others goes, as it would take the process along', async () => {
    const { keeper, clock, worker, ended } = await full(2);
    expect(await clock.next()).toBe(50);
    await ended;
    expect(keeper.workers).toHaveLength(1);
    expect(keeper.workers).not.toContain(worker);
  });
});
