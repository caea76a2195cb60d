import type { Publisher } from '@px0/control-plane';
import type { Logger } from 'pino';
import type { SimulatedDatabase } from './database.js';
import { SimulatedWriter } from './feed-ends.js';
import type { FeedStore } from './feed-store.js';
import { type Link, type Network, Process } from './network.js';
import type { Parts } from './parts.js';
import { Session } from './session.js';
import type { World } from './world.js';

export interface ControlPlaneOptions {
  readonly name: string;
  readonly world: World;
  readonly network: Network;
  readonly store: FeedStore;
  readonly toStore: Link;
  readonly database: SimulatedDatabase;
  readonly toDatabase: Link;
  readonly parts: Parts;
  readonly log: Logger;
  readonly newEpoch: () => string;
  /** A call killed it. */
  readonly onCrash: () => void;
}

/** One life of a control plane, as far as it publishes. */
export class SimulatedControlPlane {
  readonly process: Process;
  readonly #publisher: Publisher;
  readonly #sessions: Session[] = [];

  constructor(options: ControlPlaneOptions) {
    const { name, world, database, parts, log, newEpoch, onCrash } = options;
    this.process = new Process(name, onCrash);
    const isUsurped = () => database.lockHolder !== undefined && database.lockHolder.process !== this.process;
    const writer = new SimulatedWriter({ ...options, process: this.process, link: options.toStore }, () => {
      if (isUsurped()) world.tally.deeds['two publishers at once'] += 1;
    });
    const access = { ...options, process: this.process, link: options.toDatabase };
    this.#publisher = new parts.Publisher({
      openSession: async (onNote, onLost) => {
        const session = await Session.open(access, onNote, onLost);
        this.#sessions.push(session);
        return session;
      },
      writer,
      log,
      clock: world.time.clock(() => this.process.isAlive),
      random: world.random.next,
      newEpoch,
    });
    this.#publisher.start();
  }

  /** Ends at once; the database notices when it is told of it, or by and by. */
  end(): void {
    this.process.end();
    for (const session of this.#sessions) session.abandon();
  }

  /** Ends in order. */
  async stop(): Promise<void> {
    await this.#publisher.stop();
    this.process.end();
  }
}
