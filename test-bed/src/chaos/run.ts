import { until } from '../api-client.js';
import { SeededRandom } from '../seeded-random.js';
import { Changes } from './changes.js';
import { converge } from './convergence.js';
import { faultsOf } from './faults.js';
import { Installation } from './installation.js';
import type { Journal } from './journal.js';
import { Judge } from './judge.js';
import { carryOut, planFaults } from './nemesis.js';
import { Operators } from './operators.js';
import { Questions } from './questions.js';
import { Reader } from './reader.js';
import { Serials } from './serials.js';
import { questionsAbout, settleTenants, type Tenants } from './tenants.js';

/** Milliseconds that servers may take to come up, and gateways to converge, on a machine that has other things to do. */
const PATIENCE = 60_000;

export interface ChaosOptions {
  readonly seed: number;
  /** For which things go wrong. */
  readonly seconds: number;
  /** Seconds that a fault lasts at most. */
  readonly longestFault: number;
}

export interface ChaosSummary {
  /** What went wrong, in the order in which it was planned. */
  readonly faults: readonly string[];
  readonly changes: number;
  /** Answers of each gateway, by status. */
  readonly answers: readonly ReadonlyMap<number, number>[];
  /** Milliseconds of the slowest answer of a gateway that was left alone meanwhile. */
  readonly slowestAnswer: number;
  /** Milliseconds from when all was mended and ready until every gateway answered what the database says. */
  readonly convergence: number;
  /** What must not happen, and did. */
  readonly violations: readonly string[];
}

/** An installation with its tenants, on which things go wrong as often as one likes. */
export class Chaos {
  readonly journal: Journal;
  readonly #installation: Installation;
  readonly #tenants: Tenants;
  readonly #serials: Serials;

  private constructor(journal: Journal, installation: Installation, tenants: Tenants, serials: Serials) {
    this.journal = journal;
    this.#installation = installation;
    this.#tenants = tenants;
    this.#serials = serials;
  }

  /** @param doomed how many organizations there are to be deleted */
  static async prepare(journal: Journal, doomed: number): Promise<Chaos> {
    const installation = await Installation.open(journal);
    try {
      await untilUp(installation);
      const { controlPlanes, redis } = installation;
      const serials = new Serials();
      const mailLog = () => controlPlanes.map((server) => server.output()).join('\n');
      const tenants = await settleTenants(controlPlanes[0]?.url ?? '', mailLog, serials, doomed);
      await Promise.all([redis.save(), installation.copyPostgres()]);
      return new Chaos(journal, installation, tenants, serials);
    } catch (error) {
      await installation.close();
      throw error;
    }
  }

  /** Lets things go wrong, mends them, and waits until all gateways agree with the database. */
  async run({ seed, seconds, longestFault }: ChaosOptions): Promise<ChaosSummary> {
    const { journal } = this;
    const { controlPlanes, gateways } = this.#installation;
    const violationsBefore = journal.violations.length;
    journal.event(`seed ${seed}, for ${seconds} s`);
    await untilUp(this.#installation);

    const questions = new Questions();
    for (const question of questionsAbout(this.#tenants)) questions.add(question);
    const judge = new Judge(journal);
    const operators = new Operators(controlPlanes);
    const changes = new Changes({
      tenants: this.#tenants,
      operators,
      questions,
      judge,
      serials: this.#serials,
      random: new SeededRandom(seed + 1),
    });
    const readers = gateways.map((gateway) => new Reader(gateway, questions, judge, journal));
    const faults = faultsOf(this.#installation, {
      copied: () => judge.copied(),
      restored: () => {
        judge.restored(this.#serials.last);
        changes.undo();
      },
    });
    const plan = planFaults(faults, new SeededRandom(seed), {
      duration: seconds * 1_000,
      longest: longestFault * 1_000,
    });

    for (const reader of readers) reader.start();
    changes.start();
    await carryOut(plan, journal);
    journal.event('all is mended');
    await until('a change is answered', async () => operators.changes > 0 || undefined, PATIENCE);
    await changes.stop();
    journal.event('all changes are answered');
    await untilUp(this.#installation);
    journal.event('all are ready');
    const convergence = await converge(controlPlanes, gateways, questions.all, PATIENCE).catch(
      (error: unknown) => {
        journal.violation(`the gateways do not converge: ${String(error)}`);
        return Number.POSITIVE_INFINITY;
      },
    );
    journal.event(`the gateways agree with the database after ${Math.round(convergence)} ms`);
    await Promise.all(readers.map((reader) => reader.stop()));
    return {
      faults: plan.map(({ fault }) => `${fault.victim}: ${fault.name}`),
      changes: operators.changes,
      answers: readers.map(({ statuses }) => statuses),
      slowestAnswer: Math.max(...readers.map(({ slowest }) => slowest)),
      convergence,
      violations: journal.violations.slice(violationsBefore),
    };
  }

  /** @returns the last of what each server said */
  lastWords(): string {
    const { controlPlanes, gateways } = this.#installation;
    return [...controlPlanes, ...gateways]
      .map((server) => `--- ${server.name}\n${server.output().split('\n').slice(-30).join('\n')}`)
      .join('\n');
  }

  close(): Promise<void> {
    return this.#installation.close();
  }
}

async function untilUp({ controlPlanes, gateways }: Installation): Promise<void> {
  for (const server of [...controlPlanes, ...gateways]) {
    await until(
      `${server.name} is ready`,
      async () => {
        const signal = AbortSignal.timeout(5_000);
        const answer = await fetch(`${server.url}/v1/health/ready`, { signal }).catch(() => undefined);
        await answer?.body?.cancel();
        if (answer !== undefined) server.answered();
        return answer?.ok || undefined;
      },
      PATIENCE,
    );
  }
}
