import { type Program, startProgram } from '../server-under-test.js';
import type { Journal } from './journal.js';
import { findQuietPort } from './quiet-port.js';

const RESTART_DELAY = 300;

export interface ChaosProgramOptions {
  readonly name: string;
  readonly program: 'controlPlane' | 'gateway';
  readonly env: Readonly<Record<string, string>>;
  readonly journal: Journal;
}

/** A server of px0 that is killed and started again, on the same port. */
export class ChaosProgram {
  readonly name: string;
  readonly url: string;
  readonly #options: ChaosProgramOptions;
  readonly #env: Readonly<Record<string, string>>;
  #running: Program | undefined;
  #life = 0;
  #disturbances = 0;
  #paused = false;
  #hasAnswered = false;
  #lastWords = '';

  private constructor(options: ChaosProgramOptions, port: number) {
    this.#options = options;
    this.name = options.name;
    this.url = `http://127.0.0.1:${port}`;
    const variable = options.program === 'gateway' ? 'PX0_GATEWAY_PORT' : 'PX0_CONTROL_PORT';
    this.#env = { ...options.env, [variable]: String(port) };
  }

  static async start(options: ChaosProgramOptions): Promise<ChaosProgram> {
    const program = new ChaosProgram(options, await findQuietPort());
    program.start();
    return program;
  }

  /** Counts its starts. */
  get life(): number {
    return this.#life;
  }

  /** Counts whatever was done to it: between two equal counts nothing was. */
  get disturbances(): number {
    return this.#disturbances;
  }

  /** Whether it has been started, and neither stopped nor killed since. */
  get runs(): boolean {
    return this.#running !== undefined && !this.#paused;
  }

  /** What this life and the one before have said. */
  output(): string {
    return this.#lastWords + (this.#running?.output() ?? '');
  }

  /** Returns at once: whether it comes up may depend on others. */
  start(): void {
    this.#life += 1;
    this.#disturbances += 1;
    this.#hasAnswered = false;
    const running = startProgram(this.#options.program, { ...this.#env });
    this.#running = running;
    void running.ended().then((status) => {
      if (this.#running !== running) return;
      this.#running = undefined;
      this.#endedByItself(running, status);
    });
  }

  /** It has answered a request in this life: from now on nothing is a reason for it to end. */
  answered(): void {
    this.#hasAnswered = true;
  }

  /** kill -9. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  pause(): void {
    this.#disturbances += 1;
    this.#paused = true;
    this.#running?.process.kill('SIGSTOP');
  }

  resume(): void {
    this.#disturbances += 1;
    this.#paused = false;
    this.#running?.process.kill('SIGCONT');
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#disturbances += 1;
    this.#paused = false;
    const running = this.#running;
    this.#running = undefined;
    await running?.stop(signal);
    this.#lastWords = running?.output() ?? this.#lastWords;
  }

  /**
   * A control plane whose database goes away while it starts may end, to be started again by whoever
   * runs it. Nothing else may.
   */
  #endedByItself(running: Program, status: number | null): void {
    const { journal, program } = this.#options;
    this.#disturbances += 1;
    this.#lastWords = running.output();
    const text = `${this.name} ended by itself with ${status}: ${running.errors().trim().slice(-500)}`;
    if (program === 'controlPlane' && !this.#hasAnswered && status === 1) journal.event(text);
    else journal.violation(text);
    const at = this.#disturbances;
    setTimeout(() => {
      if (this.#disturbances === at) this.start();
    }, RESTART_DELAY);
  }
}
