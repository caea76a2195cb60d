import type { ChildProcess } from 'node:child_process';

/** Something that runs, and can be stopped. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** Something that runs as a process of its own. */
export interface Part extends Stoppable {
  readonly name: string;
  readonly process: ChildProcess;
}

/** What runs, in the order in which it was started. It is stopped in the opposite one. */
export class RunningParts {
  readonly #running: Stoppable[] = [];
  readonly #onDeath: (part: Part, how: string) => void;
  #stopping: Promise<void> | undefined;

  /** @param onDeath told of a part that ended by itself, with its exit status or signal */
  constructor(onDeath: (part: Part, how: string) => void) {
    this.#onDeath = onDeath;
  }

  add(part: Stoppable): void {
    this.#running.push(part);
  }

  /** Adds a process, and reports its death. */
  watch(part: Part): void {
    this.add(part);
    part.process.once('exit', (code, signal) => {
      if (this.#stopping === undefined) this.#onDeath(part, String(code ?? signal));
    });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (let part = this.#running.pop(); part !== undefined; part = this.#running.pop()) await part.stop();
  }
}
