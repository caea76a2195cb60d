import { setImmediate as turn } from 'node:timers/promises';
import { type Clock, steadyClock } from '@px0/contract';
import { describe, expect, test, vi } from 'vitest';
import { LIMITS } from '#limits.js';
import { FakeClock } from '../fake-clock.js';
import { poolUnderTest, read } from './pool-under-test.js';

const MIB = 1024 * 1024;
/** Takes a second and more, and a million steps. */
const SLOW = '{{range .n}}{{range $.n}}{{printf "%v" $.f | len | eq 0}}{{end}}{{end}}';
const SLOW_BODY = {
  variables: { n: Array.from({ length: 1_000 }, () => 0), f: Array.from({ length: 100 }, () => 1.1e-300) },
};
/** Keeps half a kilobyte for each of ten thousand calls. */
const HUNGRY =
  '{{define "r"}}{{$a := print . "abcdefghijkl"}}{{$b := 1}}{{template "r" .}}{{end}}{{template "r" .}}';

/** Tells when something begins to be rendered: its time is measured from then on. */
function clockThatTells(timeout: number) {
  let tell = () => {};
  const begun = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const setTimeout: Clock['setTimeout'] = (run, delay) => {
    if (delay === timeout) tell();
    return steadyClock.setTimeout(run, delay);
  };
  return { clock: { ...steadyClock, setTimeout }, begun };
}

test('each limit is told in its words, and the thread serves on', async () => {
  const { version, render, pool, counters } = poolUnderTest({ timeout: 60_000 });
  const rows: [string, unknown, string][] = [
    ['{{range 999999999}}{{end}}', {}, 'rendering exceeds the limit of 1000000 on steps'],
    [
      '{{range 999}}{{$.x}}{{end}}',
      { x: 'x'.repeat(9_999) },
      'rendering exceeds the limit of 1048576 on outputBytes',
    ],
    ['{{define "r"}}{{template "r"}}{{end}}{{template "r"}}', {}, 'exceeded maximum template depth (100000)'],
    ['{{printf "%10001d" 1}}', {}, 'rendering exceeds the limit of 10000 on printfWidth'],
    [HUNGRY, {}, 'rendering exceeds the limit of 1000000 on steps'],
  ];
  const outcomes: unknown[] = [];
  for (const [template, variables] of rows) {
    outcomes.push(read(await render(version(template), { body: { variables } })));
  }
  expect(outcomes).toEqual(
    rows.map(([, , words]) => ['executionFailed', expect.stringMatching(words.replace(/[()]/g, '.'))]),
  );
  expect([pool.threads.length, counters.poolThreadsLost]).toEqual([1, 0]);
});

describe('a limit that costs a thread is told, and another thread takes its place', () => {
  test('time', async () => {
    const { version, render, pool, counters } = poolUnderTest({ timeout: 30 });
    const fine = version('fine');
    await vi.waitFor(
      async () => expect(read(await render(fine))).toMatchObject({ rendered: 'fine' }),
      10_000,
    );
    const { poolTimedOut, poolThreadsLost } = counters;
    expect(read(await render(version(SLOW), { body: SLOW_BODY }))).toEqual([
      'executionFailed',
      'time limit exceeded',
    ]);
    expect(counters).toMatchObject({ poolTimedOut: poolTimedOut + 1, poolThreadsLost: poolThreadsLost + 1 });
    expect(pool.threads.length).toBe(0);
    await vi.waitFor(
      async () => expect(read(await render(fine))).toMatchObject({ rendered: 'fine' }),
      10_000,
    );
  });

  test('memory', async () => {
    const { version, render, counters } = poolUnderTest({ memory: 20 * MIB, timeout: 60_000 });
    expect(read(await render(version(HUNGRY)))).toEqual(['executionFailed', 'memory limit exceeded']);
    expect(counters).toMatchObject({ poolOutOfMemory: 1, poolThreadsLost: 1 });
    expect(read(await render(version('fine')))).toMatchObject({ rendered: 'fine' });
  });
});

describe('a thread that dies', () => {
  test('of something else than a limit has its work done by another one', async () => {
    const timeout = 60_000;
    const { clock, begun } = clockThatTells(timeout);
    const { version, render, pool, counters, log } = poolUnderTest({ timeout, clock });
    const slow = render(version(SLOW), { body: SLOW_BODY });
    await begun;
    const [thread] = pool.threads;
    await thread?.terminate();
    expect(read(await slow)).toEqual(['executionFailed', expect.stringContaining('exceeds the limit')]);
    expect(pool.threads[0]).not.toBe(thread);
    expect(counters.poolThreadsLost).toBe(1);
    expect(log.map(({ msg }) => msg)).toEqual(['a thread of the pool died; its work is tried again']);
  });

  test('twice over the same work fails it, with the reason for the log', async () => {
    const { version, render, pool, counters } = poolUnderTest({ timeout: 60_000 });
    const slow = render(version(SLOW), { body: SLOW_BODY });
    let last: unknown;
    for (let count = 0; count < 2; count++) {
      await vi.waitFor(() => expect([undefined, last]).not.toContain(pool.threads[0]));
      last = pool.threads[0];
      await pool.threads[0]?.terminate();
    }
    expect(await slow).toEqual({ code: 'internal', cause: expect.stringMatching(/exited|started/) });
    expect(counters.poolThreadsLost).toBe(2);
    expect(read(await render(version('fine')))).toMatchObject({ rendered: 'fine' });
  });
});

describe('what there is no room for is refused at once, and told apart from what is wrong', () => {
  test('beyond the queue', async () => {
    const { version, render, counters } = poolUnderTest({ threads: 1, queue: 2, timeout: 60_000 });
    const fine = version('fine');
    const outcomes = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((org) => render(fine, { org })));
    expect(outcomes.map(read)).toEqual([
      expect.objectContaining({ rendered: 'fine' }),
      expect.objectContaining({ rendered: 'fine' }),
      expect.objectContaining({ rendered: 'fine' }),
      ['unavailable', undefined],
      ['unavailable', undefined],
    ]);
    expect(counters.poolRefused).toBe(2);
    expect(read(await render(fine))).toMatchObject({ rendered: 'fine' });
  });

  test('beyond half of all places, for one organization', async () => {
    const { version, render } = poolUnderTest({ threads: 1, queue: 5, timeout: 60_000 });
    const fine = version('fine');
    const orgs = ['greedy', 'greedy', 'greedy', 'greedy', 'modest'];
    const outcomes = await Promise.all(orgs.map((org) => render(fine, { org })));
    expect(outcomes.map((outcome) => 'code' in outcome)).toEqual([false, false, false, true, false]);
  });

  test('what came last of who holds most, for one that holds less', async () => {
    const { version, render } = poolUnderTest({ threads: 1, queue: 5, timeout: 60_000 });
    const fine = version('fine');
    const orgs = ['greedy', 'greedy', 'greedy', 'greedier', 'greedier', 'greedier', 'modest'];
    const outcomes = await Promise.all(orgs.map((org) => render(fine, { org })));
    expect(outcomes.map((outcome) => 'code' in outcome)).toEqual([
      ...[false, false, true],
      ...[false, false, false],
      false,
    ]);
  });

  test('after two seconds of waiting', async () => {
    const clock = new FakeClock(0);
    const { version, render, counters, pool } = poolUnderTest({ clock });
    const slow = render(version(SLOW), { body: SLOW_BODY });
    await vi.waitFor(() => expect(pool.threads.length).toBe(1));
    const waiting = render(version('fine'), { org: 'other' });
    await turn();
    clock.pass(LIMITS.poolPatience - 1);
    expect(counters.poolRefused).toBe(0);
    clock.pass(1);
    expect(read(await waiting)).toEqual(['unavailable', undefined]);
    expect(counters.poolRefused).toBe(1);
    await pool.close();
    expect(await slow).toMatchObject({ code: 'internal' });
  });
});

test('a pool that is closed leaves nobody waiting, and no timer', async () => {
  const clock = new FakeClock(0);
  const { version, render, pool } = poolUnderTest({ clock });
  const running = render(version(SLOW), { body: SLOW_BODY });
  const fine = version('fine');
  const waiting = [render(fine, { org: 'other' }), render(fine, { org: 'third' })];
  await vi.waitFor(() => expect(pool.threads.length).toBe(1));
  await pool.close();
  expect((await Promise.all(waiting)).map(read)).toEqual([
    ['unavailable', undefined],
    ['unavailable', undefined],
  ]);
  expect(await running).toMatchObject({ code: 'internal' });
  expect(read(await render(fine))).toEqual(['unavailable', undefined]);
  expect(clock.next).toBeUndefined();
});

test('an organization with much to do does not hold up another one', async () => {
  const { version, render } = poolUnderTest({ threads: 1, queue: 19, timeout: 60_000 });
  const done: string[] = [];
  const fine = version('fine');
  const renders = [...Array.from({ length: 8 }, (_, index) => `much ${index}`), 'little'].map(
    async (name) => {
      await render(fine, { org: name.split(' ')[0] ?? '' });
      done.push(name);
    },
  );
  await Promise.all(renders);
  expect(done.indexOf('little')).toBeLessThanOrEqual(2);
});

test('of two threads one organization has one', async () => {
  const { version, render, pool } = poolUnderTest({ threads: 2, timeout: 60_000 });
  const fine = version('fine');
  await Promise.all([1, 2, 3].map(() => render(fine, { org: 'greedy' })));
  expect(pool.threads.length).toBe(1);
  await Promise.all(['greedy', 'modest'].map((org) => render(version(SLOW), { org, body: SLOW_BODY })));
  expect(pool.threads.length).toBe(2);
});

test('a version that changes is loaded anew', async () => {
  const { version, render, documents } = poolUnderTest();
  const key = version('before');
  expect(read(await render(key))).toMatchObject({ rendered: 'before' });
  const after = documents.get(version('after'))?.body ?? '';
  const id = /"prompt_id":"[^"]*"/;
  const body = after.replace(id, id.exec(documents.get(key)?.body ?? '')?.[0] ?? '');
  documents.set(key, { key, revision: 2, body });
  expect(read(await render(key))).toMatchObject({ rendered: 'after' });
});

test('what is not known, or gone, is as good as not known; the body is judged as anywhere', async () => {
  const { version, render, documents } = poolUnderTest();
  expect(await render('version:none')).toEqual({ code: 'unavailable' });
  documents.set('version:gone', { key: 'version:gone', revision: 1, body: null });
  expect(await render('version:gone')).toEqual({ code: 'unavailable' });
  expect(await render(version('fine'), { body: 'no JSON' })).toMatchObject({ code: 'invalidBody' });
  expect(await render(version('fine'), { body: { variables: 1 } })).toMatchObject({
    code: 'invalidVariables',
  });
});
