import { renameSync } from 'node:fs';
import path from 'node:path';
import type { Clock, FeedDocument, FeedHead } from '@px0/contract';
import type { Logger } from 'pino';
import type { GatewayConfig } from '../config.js';
import type { FollowerStatus } from '../feed/feed-follower.js';
import type { Counters } from '../metrics/counters.js';
import { houseOf } from './house.js';
import { removeLeftOvers } from './left-overs.js';
import { type OpenSnapshot, openSnapshot } from './read-snapshot.js';
import { SnapshotRefusedError } from './snapshot-format.js';
import { writeSnapshot } from './write-snapshot.js';

/** From the first change that is not in the file to writing it: changes come in companies. */
const SETTLE = 2_000;
/** After writing, rest for so many times as long as it took. */
const REST_FACTOR = 20;
/** And for so long that no more is written over time than this: disks wear, and volumes are paid by it. */
const BYTES_PER_SECOND = 2 * 1024 * 1024;
/** Written with nothing new too, for the age is in it: so many times within the staleness that is served, and so often. */
const REFRESH_PARTS = 20;
const LONGEST_REFRESH = 600_000;
/** After a failure. */
const FAILURE_REST = 30_000;

/** What a gateway knows of its feed. */
export interface KnownFeed {
  /** Every change up to here is among the documents. */
  readonly position: FeedHead;
  readonly currentAt: number;
}

/**
 * @param firstRefused below which revision no document is refused now. The position is below it: so the
 *   next start, of a newer build perhaps, reads that document anew
 * @returns what a follower knows; undefined before it has read everything once
 */
export function knownFeed(
  { position, currentAt }: Pick<FollowerStatus, 'position' | 'currentAt'>,
  firstRefused: number,
): KnownFeed | undefined {
  if (position === undefined || currentAt === undefined) return undefined;
  const revision = Math.min(position.revision, firstRefused - 1);
  return { position: { epoch: position.epoch, revision }, currentAt };
}

export interface SnapshotKeeperOptions {
  readonly file: string;
  /** See {@link houseOf}. */
  readonly house: string;
  /** Seconds. */
  readonly maxStaleness: number;
  /** Undefined before there is anything to keep. */
  readonly known: () => KnownFeed | undefined;
  /** For whoever reads on from a position. Walked over while they change. */
  readonly documents: (position: FeedHead) => Iterable<FeedDocument>;
  readonly counters: Pick<Counters, 'snapshotsWritten' | 'snapshotsFailed'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** @returns undefined where no snapshot is to be kept */
export function createSnapshotKeeper(
  config: GatewayConfig,
  rest: Pick<SnapshotKeeperOptions, 'known' | 'documents' | 'counters' | 'clock' | 'log'>,
): SnapshotKeeper | undefined {
  const { snapshotFile: file, maxStaleness } = config;
  return file === 'none'
    ? undefined
    : new SnapshotKeeper({ file, maxStaleness, house: houseOf(config), ...rest });
}

/** Keeps the snapshot: opens it at start, writes it after changes and at the end. Trouble with it hurts nobody. */
export class SnapshotKeeper {
  readonly #options: SnapshotKeeperOptions;
  readonly #refresh: number;
  /** Whether something moved since the last writing began. */
  #isChanged = false;
  /** Writing, or resting from it. */
  #isBusy = false;
  #isStopped = false;
  #timer: unknown;
  #isPlannedForChange = false;
  #writing: Promise<void> | undefined;
  #written: KnownFeed | undefined;
  /** In a row. */
  #failures = 0;

  constructor(options: SnapshotKeeperOptions) {
    this.#options = { ...options, file: path.resolve(options.file) };
    const refresh = (options.maxStaleness * 1_000) / REFRESH_PARTS;
    this.#refresh = Math.min(LONGEST_REFRESH, Math.max(SETTLE, refresh));
  }

  /**
   * @returns the snapshot that there is, to be closed by the caller. One that cannot be believed is put aside,
   *   and logged; the gateway starts without it
   */
  open(): OpenSnapshot | undefined {
    const { file, house, log } = this.#options;
    try {
      removeLeftOvers(file);
    } catch (error) {
      if (!isMissing(error)) log.warn({ file, err: error }, 'what an earlier writer left cannot be removed');
    }
    try {
      const snapshot = openSnapshot(file);
      if (snapshot.house === house) {
        this.#written = snapshot;
        return snapshot;
      }
      snapshot.close();
      throw new SnapshotRefusedError('it is of another feed');
    } catch (error) {
      if (error instanceof SnapshotRefusedError) this.#putAside(error.message);
      else if (!isMissing(error)) log.warn({ file, err: error }, 'the snapshot cannot be read');
      return undefined;
    }
  }

  /** What is known is another than before. */
  changed(): void {
    this.#isChanged = true;
    this.#plan();
  }

  /** Writes what is not in the file yet. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#options.clock.clearTimeout(this.#timer);
    await this.#writing;
    await this.#write();
  }

  #putAside(reason: string): void {
    const { file, log } = this.#options;
    const aside = `${file}.refused`;
    log.warn({ file, reason, aside }, 'the snapshot is refused; the gateway starts without it');
    try {
      renameSync(file, aside);
    } catch (error) {
      log.warn({ file, err: error }, 'the refused snapshot stays where it is');
    }
  }

  /** Has it written after a while, sooner if something has changed. */
  #plan(): void {
    if (this.#isStopped || this.#isBusy) return;
    if (this.#timer !== undefined && (this.#isPlannedForChange || !this.#isChanged)) return;
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    this.#isPlannedForChange = this.#isChanged;
    this.#timer = clock.setTimeout(() => this.#run(), this.#isChanged ? SETTLE : this.#refresh);
  }

  #run(): void {
    this.#timer = undefined;
    this.#isPlannedForChange = false;
    this.#isBusy = true;
    this.#writing = this.#write().then((rest) => {
      if (this.#isStopped) return;
      this.#timer = this.#options.clock.setTimeout(() => {
        this.#timer = undefined;
        this.#isBusy = false;
        this.#plan();
      }, rest);
    });
  }

  /** @returns for how long to rest after it, in milliseconds */
  async #write(): Promise<number> {
    const { file, house, known, documents, counters, log } = this.#options;
    this.#isChanged = false;
    const now = known();
    if (now === undefined || isSame(now, this.#written)) return 0;
    const started = performance.now();
    try {
      const written = await writeSnapshot(file, { house, ...now }, documents(now.position));
      const took = Math.round(performance.now() - started);
      this.#written = now;
      counters.snapshotsWritten += 1;
      log.debug({ file, ...written, took }, 'snapshot written');
      if (this.#failures > 0) log.info({ file, failures: this.#failures }, 'snapshots are written again');
      this.#failures = 0;
      return Math.max(REST_FACTOR * took, (1_000 * written.bytes) / BYTES_PER_SECOND);
    } catch (error) {
      this.#isChanged = true;
      this.#failures += 1;
      counters.snapshotsFailed += 1;
      if (this.#failures === 1) log.warn({ file, err: error }, 'the snapshot cannot be written');
      return FAILURE_REST;
    }
  }
}

function isSame(one: KnownFeed, other: KnownFeed | undefined): boolean {
  return (
    one.position.epoch === other?.position.epoch &&
    one.position.revision === other.position.revision &&
    one.currentAt === other.currentAt
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
