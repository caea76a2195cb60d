import type { HttpRequest, LoadGenerator } from '../measuring/load/load.js';
import { type OpenLoop, startOpenLoop } from '../measuring/load/open-loop.js';
import { describeMachine } from '../measuring/machine.js';
import { quantile } from '../measuring/statistics.js';
import { type GatewayBed, startBed } from './bed.js';
import { type GatewayFigures, type HalfRound, MODE_NAMES, type ModeName, type Round } from './figures.js';
import { layOutCores } from './layout.js';
import { BODIES, BODIES_NAMES, type BodiesName, RENDER_PATH } from './prompt.js';
import { type GeneratorName, saturate, startGenerator } from './saturation.js';
import type { BenchServer } from './servers/server.js';
import { SERVERS, type ServerName } from './servers/table.js';
import { measureWorkers } from './workers.js';

export interface GatewayBenchOptions {
  readonly servers: readonly ServerName[];
  readonly rounds: number;
  /** Of each server in each mode with each kind of bodies in each round. */
  readonly seconds: number;
  /** The load generator that is to be used; wrk gives way to autocannon where it cannot be had. */
  readonly generator: GeneratorName;
  /** Whether there may be servers in Go. */
  readonly useGo: boolean;
}

/** Connections of the load at half of saturation. */
const HALF_CONNECTIONS = 64;
/** Of each server, before anything counts. */
const WARM_UP_SECONDS = 2;

interface Measured {
  readonly name: ServerName;
  readonly server: BenchServer;
  readonly rounds: Record<BodiesName, Record<ModeName, Round[]>>;
  readonly half: HalfRound[];
}

/**
 * Runs all servers beside each other and loads them in turn.
 *
 * @param say hears how far it is
 * @throws {Error} if they do not answer the same, or any request fails
 */
export async function measureGateway(
  options: GatewayBenchOptions,
  say: (progress: string) => void,
): Promise<GatewayFigures> {
  const layout = await layOutCores();
  const generator = await startGenerator(options.generator, layout.rest);
  const openLoop = await startOpenLoop(layout.rest);
  let bed: GatewayBed | undefined;
  try {
    say('starting the servers and comparing what they answer');
    bed = await startBed(options, layout);
    const measured = [...bed.servers].map(
      ([name, server]): Measured => ({
        name,
        server,
        rounds: { same: noRounds(), others: noRounds() },
        half: [],
      }),
    );
    const loads = new Loads({ bed, generator, openLoop, options });

    say('warming up');
    const warmUp = Math.min(WARM_UP_SECONDS, options.seconds);
    for (const { name, server } of measured)
      for (const mode of MODE_NAMES) await loads.saturate(name, server, mode, 'others', warmUp);

    for (let round = 0; round < options.rounds; round += 1) {
      say(`round ${round + 1} of ${options.rounds}`);
      const turns = [
        ...measured.slice(round % measured.length),
        ...measured.slice(0, round % measured.length),
      ];
      for (const mode of MODE_NAMES)
        for (const bodies of BODIES_NAMES)
          for (const { name, server, rounds } of turns)
            rounds[bodies][mode].push(await loads.saturate(name, server, mode, bodies, options.seconds));
      for (const { server, rounds, half } of turns)
        half.push(await loads.atHalf(server, rounds.others.single));
    }

    return {
      machine: describeMachine({ ...bed.versions, [generator.name]: generator.version }),
      conditions: [layout.description, ...generatorRemarks(generator.name), ...bed.remarks],
      generator: generator.name,
      servers: Object.fromEntries(measured.map(({ name, rounds, half }) => [name, { rounds, half }])),
      workers: await measureWorkers({ bed, layout, options, say }),
    };
  } finally {
    await bed?.stop();
    await openLoop.stop();
    await generator.stop();
  }
}

const noRounds = (): Record<ModeName, Round[]> => ({ single: [], pipelined: [] });

function generatorRemarks(name: string): string[] {
  if (name === 'wrk') return [];
  return ['the load is made by autocannon, whose one thread is slower than the fast servers'];
}

interface LoadsOptions {
  readonly bed: GatewayBed;
  readonly generator: LoadGenerator;
  readonly openLoop: OpenLoop;
  readonly options: Pick<GatewayBenchOptions, 'seconds'>;
}

/** Puts load on servers, and counts what they and their Postgres use meanwhile. */
class Loads {
  readonly #options: LoadsOptions;

  constructor(options: LoadsOptions) {
    this.#options = options;
  }

  saturate(
    name: ServerName,
    server: BenchServer,
    mode: ModeName,
    bodies: BodiesName,
    seconds: number,
  ): Promise<Round> {
    const { bed, generator } = this.#options;
    const postgres = SERVERS[name].usesPostgres ? bed.postgresPid : undefined;
    return saturate({ server, postgres, generator, request: this.#request(server, bodies), mode, seconds });
  }

  /** @param saturated rounds of that server, by which the rate is chosen: half of what its one core can do */
  async atHalf(server: BenchServer, saturated: readonly Round[]): Promise<HalfRound> {
    const { openLoop, options } = this.#options;
    const whole = quantile(saturated.map(saturationOf), 0.5);
    const result = await openLoop.run({
      ...this.#request(server, 'others'),
      connections: HALF_CONNECTIONS,
      requestsPerSecond: whole / 2,
      seconds: options.seconds,
    });
    if (result.refused > 0) throw new Error(`${result.refused} requests were refused at half of saturation`);
    const { p50, p99, max } = result.latencies;
    return {
      requestsPerSecond: result.answered / options.seconds,
      p50,
      p99,
      max,
      latenessP99: result.lateness.p99,
    };
  }

  #request(server: BenchServer, bodies: BodiesName): HttpRequest {
    return { url: server.url + RENDER_PATH, key: this.#options.bed.key, bodies: BODIES[bodies].bodies };
  }
}

/** Requests per second that a server would take if no load generator was its limit. */
function saturationOf(round: Round): number {
  return Math.max(round.requestsPerSecond, round.databaseLoad > 0 ? 0 : round.requestsPerCpuSecond);
}
