import { describe, expect, test } from 'vitest';
import { judge } from '#gateway/bars.js';
import { startBed } from '#gateway/bed.js';
import { type GatewayFigures, limitOf, type Round } from '#gateway/figures.js';
import { measureGateway } from '#gateway/measure.js';
import { barLines, halfLines, modesLines, ratioLines } from '#gateway/report.js';

test('a short run measures servers that answer the same, without wrk and without Go', {
  timeout: 180_000,
}, async () => {
  const figures = await measureGateway(
    {
      servers: ['bare', 'gateway', 'fiber', 'fastify'],
      rounds: 1,
      seconds: 0.4,
      generator: 'autocannon',
      useGo: false,
    },
    () => {},
  );
  expect(Object.keys(figures.servers)).toEqual(['bare', 'gateway', 'fastify']);
  for (const { rounds, half } of Object.values(figures.servers)) {
    const all = Object.values(rounds).flatMap(({ single, pipelined }) => [...single, ...pipelined]);
    expect(all).toHaveLength(4);
    // In rounds that are so short, a busy machine may not get round to one.
    expect(Math.max(...all.map((round) => round.requestsPerSecond))).toBeGreaterThan(0);
    expect(Math.max(...all.map((round) => round.requestsPerCpuSecond))).toBeGreaterThan(0);
    expect(half).toHaveLength(1);
  }
  expect(figures.machine.versions).toMatchObject({ node: process.versions.node, autocannon: /\d/ });
  const lines = [
    ...modesLines(figures),
    ...halfLines(figures),
    ...ratioLines(figures),
    ...barLines(judge(figures)),
  ];
  expect(lines.join('\n')).toMatch(/at least 0\.85x bare uWebSockets\.js, the same body +(held|MISSED)/);
});

test('without Go, the server that reads everything from Postgres is another one that answers the same', {
  timeout: 60_000,
}, async () => {
  const cores = { server: [], rest: [] };
  const bed = await startBed({ servers: ['read-and-parse'], useGo: false }, cores);
  try {
    expect([...bed.servers.keys()]).toEqual(['read-and-parse']);
    expect(bed.versions).toMatchObject({ Postgres: expect.stringMatching(/\d/) });
  } finally {
    await bed.stop();
  }
});

const ROUND: Round = {
  requestsPerSecond: 100,
  requestsPerCpuSecond: 100,
  serverLoad: 1,
  databaseLoad: 0,
  generatorLoad: 0.5,
  p50: 1,
  p99: 1,
};
const HALF = { requestsPerSecond: 50, p50: 1, p99: 1, max: 1, latenessP99: 0 };

describe('bars', () => {
  const figuresOf = (gateway: RoundsOf, bare: RoundsOf, p99 = 1): GatewayFigures => ({
    machine: { processor: 'some', cores: 2, loadAverage: 0, versions: {} },
    conditions: [],
    generator: 'wrk',
    servers: {
      bare: { rounds: roundsOf(bare), half: [HALF] },
      gateway: { rounds: roundsOf(gateway), half: [{ ...HALF, p99 }] },
    },
    workers: { reason: 'too few cores' },
  });
  /** What of the pipelined rounds is not as usual. */
  interface RoundsOf {
    readonly same?: Partial<Round>;
    readonly others?: Partial<Round>;
  }
  const roundsOf = ({ same, others }: RoundsOf) => ({
    same: { single: [ROUND], pipelined: [{ ...ROUND, ...same }] },
    others: { single: [ROUND], pipelined: [{ ...ROUND, ...others }] },
  });
  const verdicts = (figures: GatewayFigures) => judge(figures).map(({ held }) => held);

  test('the lowest of the ratios counts, of each kind of bodies on its own', () => {
    expect(verdicts(figuresOf({}, {}))).toEqual([true, true, true, undefined]);
    const fewer = { requestsPerSecond: 84 };
    expect(verdicts(figuresOf({ others: fewer }, {}))).toEqual([false, true, true, undefined]);
    expect(verdicts(figuresOf({ same: fewer }, {}))).toEqual([true, false, true, undefined]);
    const dearer = { requestsPerCpuSecond: 84 };
    expect(verdicts(figuresOf({ others: dearer }, {}))).toEqual([false, true, true, undefined]);
  });

  test('requests per second do not count where the load generator was the limit of either', () => {
    const limited = { others: { generatorLoad: 1, serverLoad: 0.7 } };
    expect(verdicts(figuresOf({ others: { requestsPerSecond: 84 } }, limited))).toEqual([
      true,
      true,
      true,
      undefined,
    ]);
    expect(verdicts(figuresOf({ others: { requestsPerCpuSecond: 84 } }, limited))).toEqual([
      false,
      true,
      true,
      undefined,
    ]);
  });

  test('other servers are judged by other bodies only', () => {
    const slow = figuresOf({ same: { requestsPerSecond: 1 } }, {});
    const { bare, gateway } = slow.servers;
    const judged = judge({ ...slow, servers: { fastify: bare, gateway } as GatewayFigures['servers'] });
    expect(judged.map(({ wanted }) => wanted)[0]).toBe(
      'at least 3x Fastify, px0 engine, another body each time',
    );
    expect(judged.map(({ found }) => found)[0]).toBe('1.00x (single, by processor time)');
  });

  test('latencies at half of saturation have to stay under their bar', () => {
    expect(verdicts(figuresOf({}, {}, 2))).toEqual([true, true, false, undefined]);
  });
});

test.each([
  ['server', { serverLoad: 0.95, generatorLoad: 0.99 }],
  ['server', { serverLoad: 0.5, databaseLoad: 0.5, generatorLoad: 0.1 }],
  ['generator', { serverLoad: 0.6, generatorLoad: 0.99 }],
  ['others', { serverLoad: 0.5, generatorLoad: 0.5 }],
  ['others', { serverLoad: 0.5, generatorLoad: Number.NaN }],
] as const)('what sets the limit: %s at %j', (limit, loads) => {
  expect(limitOf([{ ...ROUND, ...loads }])).toBe(limit);
});
