import { pinToCores } from '../measuring/cores.js';
import type { GatewayBed } from './bed.js';
import type { Round, WorkersFigures } from './figures.js';
import type { Layout } from './layout.js';
import type { GatewayBenchOptions } from './measure.js';
import { BODIES, RENDER_PATH } from './prompt.js';
import { assertAnswers } from './same-answers.js';
import { saturate, startGenerator } from './saturation.js';
import { startGateway } from './servers/table.js';

/** Loads a gateway with one worker thread and one with two in turn, where a core is left for the load. */
export async function measureWorkers(input: {
  bed: GatewayBed;
  layout: Layout;
  options: GatewayBenchOptions;
  say: (progress: string) => void;
}): Promise<WorkersFigures> {
  const { bed, layout, options, say } = input;
  const { twoWorkers } = layout;
  if (twoWorkers === undefined) {
    return { reason: 'it takes two cores for the workers and a third for the load, and taskset' };
  }
  say('one worker beside two');
  const generator = await startGenerator(options.generator, twoWorkers.rest);
  const gateways = [];
  try {
    for (const threads of [1, 2]) {
      const server = await startGateway(bed, threads);
      gateways.push(server);
      await pinToCores(server.pid, twoWorkers.server.slice(0, threads));
      await assertAnswers('px0 gateway', server.url, bed.key);
    }
    const rounds: Round[][] = gateways.map(() => []);
    for (let round = 0; round < options.rounds; round += 1) {
      for (const [index, server] of gateways.entries()) {
        const request = { url: server.url + RENDER_PATH, key: bed.key, bodies: BODIES.others.bodies };
        const { seconds } = options;
        rounds[index]?.push(
          await saturate({ server, postgres: undefined, generator, request, mode: 'pipelined', seconds }),
        );
      }
    }
    const [one = [], two = []] = rounds;
    return { one, two };
  } finally {
    for (const gateway of gateways) await gateway.stop();
    await generator.stop();
  }
}
