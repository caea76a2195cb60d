import { availableParallelism } from 'node:os';
import { findProgram } from '../measuring/find-program.js';

/** Which cores are whose. Empty: any. */
export interface Layout {
  /** Of a server with one serving thread. */
  readonly server: readonly number[];
  /** Of the load generator and of Postgres. */
  readonly rest: readonly number[];
  /** Of a gateway with two workers, and of the generator then; undefined where cores are too few. */
  readonly twoWorkers: { readonly server: readonly number[]; readonly rest: readonly number[] } | undefined;
  /** In words. */
  readonly description: string;
}

/** @returns how the cores of this machine are best shared */
export async function layOutCores(): Promise<Layout> {
  const all = Array.from({ length: availableParallelism() }, (_, core) => core);
  if (all.length < 2 || (await findProgram('taskset')) === undefined) {
    const reason = all.length < 2 ? 'there is one core' : 'there is no taskset';
    const description = `${reason}: servers and load generator may get into each other's way`;
    return { server: [], rest: [], twoWorkers: undefined, description };
  }
  return {
    server: all.slice(0, 1),
    rest: all.slice(1),
    twoWorkers: all.length < 3 ? undefined : { server: all.slice(0, 2), rest: all.slice(2) },
    description: `core 0 serves; ${all.length === 2 ? 'core 1 makes' : `cores 1 to ${all.length - 1} make`} the load and run${all.length === 2 ? 's' : ''} Postgres`,
  };
}
