import { startChild } from '../child.js';
import { pinToCores } from '../cores.js';
import { packageVersion } from '../machine.js';
import type { ClosedLoad, LoadGenerator, LoadResult } from './load.js';

export type ToAutocannon = { readonly kind: 'load'; readonly load: ClosedLoad };
export type FromAutocannon = {
  readonly kind: 'result';
  readonly result: Omit<LoadResult, 'generatorSeconds'>;
};

/** @param cores that it may use; none: all */
export async function startAutocannon(cores: readonly number[]): Promise<LoadGenerator> {
  const child = startChild<ToAutocannon, FromAutocannon>(new URL('./autocannon-process.js', import.meta.url));
  await child.ask(undefined, 'ready');
  if (cores.length > 0) await pinToCores(child.pid, cores);
  return {
    name: 'autocannon',
    version: await packageVersion('autocannon'),
    run: async (load) => {
      const before = await child.processorSeconds();
      const { result } = await child.ask({ kind: 'load', load }, 'result');
      return { ...result, generatorSeconds: (await child.processorSeconds()) - before };
    },
    stop: () => child.stop(),
  };
}
