import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type SimulationOptions, type SimulationResult, simulate, sumOf } from './simulate.js';

/** Histories of a portion: small enough that all cores are busy to the end. */
const PORTION = 250;
/** Says to a thread what it is. */
const BODY = 'simulation';

/** As {@link simulate}, on all cores. */
export async function simulateOnAllCores(options: SimulationOptions): Promise<SimulationResult> {
  const portions: SimulationOptions[] = [];
  for (let done = 0; done < options.histories; done += PORTION) {
    const histories = Math.min(PORTION, options.histories - done);
    portions.push({ ...options, seed: options.seed + done, histories });
  }
  return sumOf(await simulateEach(portions));
}

/** Several simulations on all cores, two at the least. @returns their results, in their order */
export async function simulateEach(portions: readonly SimulationOptions[]): Promise<SimulationResult[]> {
  const results: SimulationResult[] = [];
  let next = 0;
  const work = async () => {
    const worker = new Worker(new URL(import.meta.url), { workerData: BODY });
    try {
      for (let index = next++; index < portions.length; index = next++) {
        results[index] = await ask(worker, portions[index]);
      }
    } finally {
      await worker.terminate();
    }
  };
  const threads = Math.min(Math.max(2, availableParallelism()), portions.length);
  await Promise.all(Array.from({ length: threads }, work));
  return results;
}

function ask(worker: Worker, options: SimulationOptions | undefined): Promise<SimulationResult> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('a thread of the simulation ended without a result'));
    worker.once('error', reject);
    worker.once('exit', onExit);
    worker.once('message', (result: SimulationResult) => {
      worker.off('error', reject);
      worker.off('exit', onExit);
      resolve(result);
    });
    worker.postMessage(options);
  });
}

if (!isMainThread && parentPort !== null && workerData === BODY) {
  const port = parentPort;
  port.on('message', (options: SimulationOptions) => {
    void simulate(options).then((result) => port.postMessage(result));
  });
}
