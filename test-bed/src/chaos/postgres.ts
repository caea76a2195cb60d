import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@px0/local';
import { signalTree } from './process-tree.js';

const run = promisify(execFile);

/** A Postgres with a cluster of its own, to be killed, stopped, and brought back as it was. */
export class ChaosPostgres {
  readonly #directory: string;
  #server: EmbeddedPostgres | undefined;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  static async start(): Promise<ChaosPostgres> {
    const postgres = new ChaosPostgres(await mkdtemp(path.join(tmpdir(), 'px0-chaos-postgres-')));
    process.on('exit', postgres.#killNow);
    await postgres.start();
    return postgres;
  }

  /** Of its `postgres` database. After each start on another port. */
  get url(): string {
    if (this.#server === undefined) throw new Error('Postgres does not run');
    return this.#server.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async start(): Promise<void> {
    this.#server = await startEmbeddedPostgres({
      directory: path.join(this.#directory, 'cluster'),
      settings: {
        // The machine stays up: what was handed to the system survives the death of Postgres. What was
        // answered as committed must have been handed over, so synchronous_commit stays on.
        fsync: 'off',
        max_connections: '100',
        shared_buffers: '32MB',
      },
    });
  }

  /** kill -9, of all its processes: the next start recovers from the write-ahead log. */
  async kill(): Promise<void> {
    const child = this.#server?.process;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    this.#killNow();
    await ended;
    this.#server = undefined;
  }

  /** SIGSTOP, of all its processes. */
  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  /** Keeps a copy of the cluster as it is. Only while it does not run. */
  async copy(): Promise<void> {
    await rm(this.#path('copy'), { recursive: true, force: true });
    // fs.cp would not keep the owner, whom Postgres insists on.
    await run('cp', ['-Rp', this.#path('cluster'), this.#path('copy')]);
  }

  /** Puts the copy in the cluster's place. Only while it does not run. */
  async restore(): Promise<void> {
    await rm(this.#path('cluster'), { recursive: true, force: true });
    await run('cp', ['-Rp', this.#path('copy'), this.#path('cluster')]);
  }

  /** Ends it and deletes its data. */
  async stop(): Promise<void> {
    await this.kill();
    process.off('exit', this.#killNow);
    await rm(this.#directory, { recursive: true, force: true });
  }

  readonly #killNow = () => this.#signal('SIGKILL');

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#server?.process.pid;
    if (pid !== undefined) signalTree(pid, signal);
  }

  #path(name: 'cluster' | 'copy'): string {
    return path.join(this.#directory, name);
  }
}
