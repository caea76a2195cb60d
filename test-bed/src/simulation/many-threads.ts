import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type SimulationOptions, type SimulationResult, simulate, sumOf } from './simulate.js';

/** As {@link simulate}, on all cores. */
export async function simulateOnAllCores(options: SimulationOptions): Promise<SimulationResult> {
  const threads = Math.min(availableParallelism(), options.histories);
  const share = Math.ceil(options.histories / threads);
  const parts = Array.from({ length: threads }, (_, index) => ({
    ...options,
    seed: options.seed + index * share,
    histories: Math.min(share, options.histories - index * share),
  }));
  return sumOf(await Promise.all(parts.map(inThread)));
}

function inThread(options: SimulationOptions): Promise<SimulationResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: options });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread of the simulation ended without a result')));
  });
}

if (!isMainThread && parentPort !== null) {
  parentPort.postMessage(await simulate(workerData as SimulationOptions));
}
