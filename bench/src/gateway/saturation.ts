import { startAutocannon } from '../measuring/load/autocannon.js';
import type { HttpRequest, LoadGenerator } from '../measuring/load/load.js';
import { createWrk } from '../measuring/load/wrk.js';
import { secondsOfFamily } from '../measuring/processor-time.js';
import { MODES, type ModeName, type Round } from './figures.js';
import type { BenchServer } from './servers/server.js';

export type GeneratorName = 'wrk' | 'autocannon';

/**
 * @param cores that it may use; none: all
 * @returns the load generator that is wanted; autocannon where wrk cannot be had
 */
export async function startGenerator(
  wanted: GeneratorName,
  cores: readonly number[],
): Promise<LoadGenerator> {
  const wrk = wanted === 'wrk' ? await createWrk(cores) : undefined;
  return wrk ?? (await startAutocannon(cores));
}

/**
 * Puts as much load on a server as it takes, and counts what it uses meanwhile.
 *
 * @param input.postgres process id of the first Postgres process, if the server uses one
 * @throws {Error} if any request fails
 */
export async function saturate(input: {
  server: Pick<BenchServer, 'processorSeconds'>;
  postgres: number | undefined;
  generator: LoadGenerator;
  request: HttpRequest;
  mode: ModeName;
  seconds: number;
}): Promise<Round> {
  const { server, postgres, generator, request, mode, seconds } = input;
  const used = async () => ({
    server: await server.processorSeconds(),
    database: postgres === undefined ? 0 : await secondsOfFamily(postgres),
  });
  const before = await used();
  const { connections, pipelining } = MODES[mode];
  const result = await generator.run({ ...request, connections, pipelining, seconds });
  const after = await used();
  if (result.failures > 0) throw new Error(`${result.failures} requests of ${request.url} failed`);
  const serverSeconds = after.server - before.server;
  const databaseSeconds = after.database - before.database;
  return {
    requestsPerSecond: result.requests / result.seconds,
    requestsPerCpuSecond: result.requests / (serverSeconds + databaseSeconds),
    serverLoad: serverSeconds / result.seconds,
    databaseLoad: databaseSeconds / result.seconds,
    generatorLoad: (result.generatorSeconds ?? Number.NaN) / result.seconds,
    p50: result.latencies.p50,
    p99: result.latencies.p99,
  };
}
