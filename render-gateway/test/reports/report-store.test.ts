import { randomUUID } from 'node:crypto';
import { decodeReport, type GatewayReport, redisFeedLayout, systemClock } from '@px0/contract';
import { createTestDatabase, startRedis, testRedis, until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import pg from 'pg';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCounters } from '#metrics/counters.js';
import { Refusals } from '#screening/refusals.js';
import { ReportDesk } from '#reports/report-desk.js';
import { createGatewayReporter } from '#reports/report-store.js';

const silent = pino({ level: 'silent' });

function reportOf(gateway: string, revision: number): GatewayReport {
  return { gateway, host: 'here', epoch: 'one', revision, refused: [] };
}

/** What stands in a house, and how to leave there what a gateway of an hour ago has left. */
interface House {
  readonly reporter: ReturnType<typeof createGatewayReporter>;
  readonly kept: () => Promise<GatewayReport[]>;
  readonly leaveOld: (report: GatewayReport, age: number) => Promise<unknown>;
}

const HOUSES: Record<string, () => Promise<House>> = {
  Redis: async () => {
    const { url, prefix } = testRedis();
    const redis = new Redis(url);
    onTestFinished(() => redis.disconnect());
    const { gateways } = redisFeedLayout(prefix);
    return {
      reporter: createGatewayReporter({ redisUrl: url, redisPrefix: prefix }),
      kept: async () => {
        const stored = await redis.hvals(gateways);
        return stored.flatMap((text) => decodeReport(text.slice(text.indexOf(':') + 1)) ?? []);
      },
      leaveOld: (report, age) =>
        redis.hset(gateways, report.gateway, `${Date.now() - age}:${JSON.stringify(report)}`),
    };
  },
  Postgres: async () => {
    const database = await createTestDatabase();
    const pool = new pg.Pool({ connectionString: database.url });
    onTestFinished(async () => {
      await pool.end();
      await database.drop();
    });
    return {
      reporter: createGatewayReporter({ databaseUrl: database.url, redisPrefix: 'unused' }),
      kept: async () => {
        const { rows } = await pool.query<{ report: string }>('select report from gateway_reports');
        return rows.flatMap(({ report }) => decodeReport(report) ?? []);
      },
      leaveOld: (report, age) =>
        pool.query(
          `insert into gateway_reports (gateway, reported_at, report)
           values ($1, now() - $2 * interval '1 ms', $3)`,
          [report.gateway, age, JSON.stringify(report)],
        ),
    };
  },
};

describe.each(Object.entries(HOUSES))('in %s', (_name, open) => {
  test('a gateway has one report, the newest, until it takes it away', async () => {
    const { reporter, kept } = await open();
    onTestFinished(() => reporter.close());
    const [one, other] = [randomUUID(), randomUUID()];
    await reporter.report(reportOf(one, 1));
    await reporter.report(reportOf(other, 1));
    await reporter.report(reportOf(one, 2));
    expect((await kept()).sort((a, b) => Number(a.revision) - Number(b.revision))).toEqual([
      reportOf(other, 1),
      reportOf(one, 2),
    ]);
    await reporter.remove(one);
    expect(await kept()).toEqual([reportOf(other, 1)]);
  });

  test('whoever reports for the first time clears away what gateways long gone have left', async () => {
    const { reporter, kept, leaveOld } = await open();
    onTestFinished(() => reporter.close());
    const [gone, ahead, living, mine] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await leaveOld(reportOf(gone, 1), 60_000);
    // Of a time when the store's clock was wrong.
    await leaveOld(reportOf(ahead, 1), -60_000);
    await leaveOld(reportOf(living, 1), 5_000);
    await reporter.report(reportOf(mine, 1));
    expect((await kept()).map(({ gateway }) => gateway).sort()).toEqual([living, mine].sort());
  });
});

test('junk is no report', () => {
  const good = { gateway: 'a', host: 'b', epoch: null, revision: null, refused: [] };
  expect(decodeReport(JSON.stringify(good))).toEqual(good);
  const junk = [
    { gateway: 1 },
    { host: null },
    { epoch: 1 },
    { revision: -1 },
    { revision: 1.5 },
    { revision: 'x' },
    { refused: {} },
    { refused: [{ key: 'a', revision: 1 }] },
    { refused: [null] },
  ];
  for (const changes of junk) expect(decodeReport(JSON.stringify({ ...good, ...changes }))).toBeUndefined();
  for (const text of ['', '{', 'null', '[]', '1']) expect(decodeReport(text)).toBeUndefined();
});

test('refused documents are remembered up to a bound, and the newest are listed', () => {
  let changes = 0;
  const counters = createCounters();
  const refusals = new Refusals(counters, silent, () => {
    changes += 1;
  });
  for (let revision = 1; revision <= 10_050; revision += 1)
    refusals.add(`key ${revision}`, revision, 'x'.repeat(400));
  expect([refusals.size, counters.documentsRefused, changes]).toEqual([10_000, 10_050, 10_050]);
  expect(refusals.list()).toHaveLength(100);
  expect(refusals.list().at(-1)).toEqual({ key: 'key 10050', revision: 10_050, reason: 'x'.repeat(300) });
  refusals.add('key 10050', 10_050, 'again');
  refusals.end('key 10050', 10_050);
  expect(refusals.size).toBe(10_000);
  refusals.end('key 10050', 10_051);
  expect(refusals.size).toBe(9_999);
});

test('what all threads have applied is reported, of one that has not answered yet nothing is believed older', async () => {
  const sent: (number | null)[] = [];
  const asked: [string, number][] = [];
  const [one, other] = [{ name: 'one' }, { name: 'other' }];
  let threads = [one, other];
  const desk = new ReportDesk<{ name: string }>({
    reporter: {
      report: async ({ revision }) => void sent.push(revision),
      remove: async () => {},
      close: async () => {},
    },
    host: 'here',
    refusals: { list: () => [], earliestUnlisted: () => Number.POSITIVE_INFINITY },
    judged: () => Number.POSITIVE_INFINITY,
    threads: () => threads,
    ask: ({ name }, revision) => void asked.push([name, revision]),
    clock: systemClock,
    log: silent,
  });
  onTestFinished(() => desk.stop());
  desk.start();
  await until('it says that it knows nothing yet', async () => (sent[0] === null ? true : undefined));
  desk.moved({ epoch: 'e', revision: 5 });
  desk.moved({ epoch: 'e', revision: 6 });
  // The second is asked about when the first is answered.
  expect(asked).toEqual([
    ['one', 5],
    ['other', 5],
  ]);
  desk.applied(one, 5);
  desk.applied(other, 5);
  expect(asked.slice(2)).toEqual([
    ['one', 6],
    ['other', 6],
  ]);
  desk.applied(one, 6);
  await until('the slower one counts', async () => (sent.at(-1) === 5 ? true : undefined));
  threads = [one];
  desk.changed();
  await until('one that is gone does not', async () => (sent.at(-1) === 6 ? true : undefined));
});

test('with the store gone the gateway tries again, logs it once, and reports when it is back', async () => {
  const store = await startRedis();
  const redis = new Redis(store.url, { lazyConnect: true });
  redis.on('error', () => {}); // it is killed
  const lines: string[] = [];
  const reporter = createGatewayReporter({ redisUrl: store.url, redisPrefix: 'px0' });
  const desk = new ReportDesk<object>({
    reporter,
    host: 'here',
    refusals: { list: () => [], earliestUnlisted: () => Number.POSITIVE_INFINITY },
    judged: () => Number.POSITIVE_INFINITY,
    threads: () => [],
    ask: () => {},
    clock: systemClock,
    log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
  });
  onTestFinished(async () => {
    await desk.stop();
    await reporter.close();
    redis.disconnect();
    await store.stop();
  });
  const count = () => redis.hlen(redisFeedLayout('px0').gateways);
  desk.start();
  await until('it reports', async () => ((await count()) === 1 ? true : undefined));
  await store.kill();
  for (let revision = 1; revision <= 30; revision += 1) {
    desk.moved({ epoch: 'e', revision });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('cannot report for now how far this gateway is');
  await store.start({ empty: true });
  await until('it reports again', async () => ((await count()) === 1 ? true : undefined), 10_000);
});
