import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.js';
import { befall, type Fault } from './faults.js';
import type { Journal } from './journal.js';

/** Milliseconds between the beginnings of two faults. */
const LEAST_GAP = 200;
const LONGEST_GAP = 1_500;
/** Milliseconds for which a fault lasts. */
const SHORTEST = 200;
/** Milliseconds that what was befallen has to itself before the next fault, about: servers take time to start. */
const RESPITE = 1_500;

interface PlannedFault {
  readonly fault: Fault;
  /** Milliseconds from the beginning. */
  readonly at: number;
  readonly hold: number;
}

/**
 * What is to go wrong, and when: the same for the same seed.
 *
 * @param duration milliseconds
 * @param longest milliseconds that a fault lasts at most
 */
export function planFaults(
  faults: readonly Fault[],
  random: SeededRandom,
  { duration, longest }: { duration: number; longest: number },
): PlannedFault[] {
  const plan: PlannedFault[] = [];
  const busyUntil = new Map<string, number>();
  for (let at = 0; at < duration; at += random.between(LEAST_GAP, LONGEST_GAP)) {
    let open = faults.filter(({ victim }) => (busyUntil.get(victim) ?? 0) <= at);
    if (open.length === 0) continue;
    // What there is more of, or what can suffer in more ways, is not befallen more often.
    const kind = random.pick([...new Set(open.map((fault) => fault.kind))]);
    open = open.filter((fault) => fault.kind === kind);
    const victim = random.pick([...new Set(open.map((fault) => fault.victim))]);
    const fault = random.pick(open.filter((one) => one.victim === victim));
    const hold = Math.min(random.between(SHORTEST, longest), duration - at);
    busyUntil.set(victim, at + hold + RESPITE);
    plan.push({ fault, at, hold });
  }
  return plan;
}

/** Lets everything go wrong that is planned, and mends it. Resolves when all of it is over. */
export async function carryOut(plan: readonly PlannedFault[], journal: Journal): Promise<void> {
  const begun = performance.now();
  const last = new Map<string, Promise<void>>();
  for (const { fault, at, hold } of plan) {
    await sleep(Math.max(0, at - (performance.now() - begun)));
    // On a slow machine the one before may take longer than planned.
    const before = last.get(fault.victim) ?? Promise.resolve();
    last.set(
      fault.victim,
      before
        .then(() => befall(fault, () => sleep(hold), journal))
        .catch((error: unknown) => journal.violation(`${fault.victim}: ${fault.name}: ${String(error)}`)),
    );
  }
  await Promise.all(last.values());
}
