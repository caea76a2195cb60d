import { availableParallelism } from 'node:os';
import { startRedis } from '@px0/test-bed';
import { BODIES, PROMPT, RENDER_PATH } from '../gateway/prompt.js';
import { type Child, startChild } from '../measuring/child.js';
import { pinToCores } from '../measuring/cores.js';
import { Tenant, writeFeed } from '../measuring/feed.js';
import type { HttpRequest } from '../measuring/load/load.js';
import { type OpenLoop, startOpenLoop } from '../measuring/load/open-loop.js';
import { quantile } from '../measuring/statistics.js';
import type { Answers, AttackPlan, FromAttacker, ToAttacker } from './attacker.js';
import type { Attack } from './attacks.js';

export interface IsolationOptions {
  readonly rounds: number;
  /** Of each load. */
  readonly seconds: number;
  /** Of the tenant that is measured, and of the hostile one. */
  readonly rate: number;
  readonly hostileRate: number;
}

/** Milliseconds, medians of the rounds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  /** The most of all rounds. */
  readonly max: number;
}

export interface IsolationFigures {
  readonly alone: Latency;
  readonly beside: Latency;
  /** Requests of the measured tenant that were not answered 200 in time. */
  readonly failures: number;
  /** What the hostile tenant was answered. */
  readonly answers: Answers;
}

/**
 * The latencies of one tenant, alone and beside an attack, in turn. One gateway with one worker thread,
 * in a process of its own; the load comes from another one.
 */
export async function measureIsolation(attack: Attack, options: IsolationOptions): Promise<IsolationFigures> {
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const innocent = new Tenant();
    const hostile = new Tenant();
    const hostilePrompts = attack.templates.map((template, index) => ({ slug: `prompt_${index}`, template }));
    const feed = await writeFeed(redis.url, 'bench', [
      [innocent.keyEntry(), ...innocent.entriesOf(PROMPT)],
      [hostile.keyEntry(), ...hostilePrompts.flatMap((prompt) => hostile.entriesOf(prompt))],
    ]);
    stops.push(() => feed.close());

    const { gatewayCores, loadCores } = layout();
    const gateway = startChild(new URL('../gateway/servers/gateway-server.js', import.meta.url), {
      REDIS_URL: redis.url,
      PX0_REDIS_PREFIX: 'bench',
      PX0_GATEWAY_PORT: '0',
      PX0_GATEWAY_HOST: '127.0.0.1',
      PX0_GATEWAY_THREADS: '1',
      PX0_SNAPSHOT_FILE: 'none',
      ...attack.environment,
    });
    stops.push(() => gateway.stop());
    const { port } = await gateway.ask(undefined, 'ready');
    const base = `http://127.0.0.1:${port}`;
    await pinToCores(gateway.pid, gatewayCores);
    const load = await startOpenLoop(loadCores);
    stops.push(() => load.stop());
    const attacker = startChild<ToAttacker, FromAttacker>(new URL('./attacker-process.js', import.meta.url));
    stops.push(() => attacker.stop());
    await attacker.ask(undefined, 'ready');

    const url = base + RENDER_PATH;
    const plan = {
      base,
      key: hostile.key,
      slugs: hostilePrompts.map(({ slug }) => slug),
      body: attack.body,
      requestsPerSecond: options.hostileRate,
    };
    const request = { url, key: innocent.key, bodies: BODIES.others.bodies };
    return await runRounds(load, request, attacker, plan, options);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** The load takes all of a core; the gateway, with its pool, has what is left. */
function layout(): { gatewayCores: number[]; loadCores: number[] } {
  const cores = Array.from({ length: availableParallelism() }, (_, core) => core);
  return cores.length === 1
    ? { gatewayCores: cores, loadCores: [] }
    : { gatewayCores: cores.slice(1), loadCores: [0] };
}

async function runRounds(
  load: OpenLoop,
  request: HttpRequest,
  attacker: Pick<Child<ToAttacker, FromAttacker>, 'ask' | 'tell'>,
  plan: AttackPlan,
  { rounds, seconds, rate }: IsolationOptions,
): Promise<IsolationFigures> {
  const seen = { alone: [] as Latency[], beside: [] as Latency[] };
  const answers = new Map<string, number>();
  let failures = 0;
  const run = async (duration: number, into?: Latency[]) => {
    const result = await load.run({
      ...request,
      connections: 16,
      requestsPerSecond: rate,
      seconds: duration,
    });
    if (into === undefined) return;
    failures += result.refused + result.unanswered;
    into.push(result.latencies);
  };
  await run(1);
  for (let round = 0; round < rounds; round++) {
    await run(seconds, seen.alone);
    attacker.tell({ kind: 'attack', plan });
    await run(seconds, seen.beside);
    for (const [answer, count] of (await attacker.ask({ kind: 'rest' }, 'answers')).answers)
      answers.set(answer, (answers.get(answer) ?? 0) + count);
  }
  return { alone: medianOf(seen.alone), beside: medianOf(seen.beside), failures, answers };
}

function medianOf(latencies: readonly Latency[]): Latency {
  const of = (field: keyof Latency) => latencies.map((latency) => latency[field]);
  return { p50: quantile(of('p50'), 0.5), p99: quantile(of('p99'), 0.5), max: Math.max(...of('max')) };
}
