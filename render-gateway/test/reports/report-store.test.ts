import { randomUUID } from 'node:crypto';
import { decodeReport, type GatewayReport, redisFeedLayout, systemClock } from '@px0/contract';
import { createTestDatabase, startRedis, testRedis, until } from '@px0/test-bed';
import { Redis } from 'ioredis';
import pg from 'pg';
import { pino } from 'pino';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ReportDesk } from '#reports/report-desk.js';
import { createGatewayReporter } from '#reports/report-store.js';

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
