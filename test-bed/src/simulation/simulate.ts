import type { StoreRules } from './feed-store.js';
import { liveThrough } from './history.js';
import { MUTANTS, partsWith } from './mutants.js';
import type { Parts } from './parts.js';
import { addTally, newTally, type Tally } from './tally.js';

/** What to put in the place of something that works: a name in MUTANTS, or the store's missing fence. */
export const NO_FENCE = 'the store does not compare heads';

export interface SimulationOptions {
  /** The histories of this seed and those that follow. */
  readonly seed: number;
  readonly histories: number;
  readonly mutant?: string | undefined;
  /** Whether to go on after a violation. */
  readonly goesOn?: boolean | undefined;
}

export interface Finding {
  readonly seed: number;
  readonly words: string;
}

export interface SimulationResult {
  readonly histories: number;
  readonly tally: Tally;
  readonly findings: readonly Finding[];
}

/** Lives through many histories, one after the other, in this thread. */
export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const { seed: first, histories, mutant, goesOn = false } = options;
  const faults = await faultsOf(mutant);
  const tally = newTally();
  const findings: Finding[] = [];
  const depth = Error.stackTraceLimit;
  // Refused calls make errors by the thousand, and nobody reads where they were made.
  Error.stackTraceLimit = 0;
  let done = 0;
  try {
    while (done < histories && (goesOn || findings.length === 0)) {
      const seed = first + done;
      const { violation } = await liveThrough({ seed, tally, ...faults });
      if (violation !== undefined) findings.push({ seed, words: violation.message });
      done += 1;
    }
  } finally {
    Error.stackTraceLimit = depth;
  }
  return { histories: done, tally, findings };
}

/** One history, written down. */
export async function trace(seed: number, mutant?: string): Promise<readonly string[]> {
  const { lines } = await liveThrough({
    seed,
    tally: newTally(),
    isTraced: true,
    ...(await faultsOf(mutant)),
  });
  return lines;
}

export function sumOf(results: readonly SimulationResult[]): SimulationResult {
  const tally = newTally();
  for (const result of results) addTally(tally, result.tally);
  return {
    histories: results.reduce((sum, result) => sum + result.histories, 0),
    tally,
    findings: results.flatMap(({ findings }) => findings),
  };
}

async function faultsOf(mutant: string | undefined): Promise<{ rules?: StoreRules; parts?: Parts }> {
  if (mutant === undefined) return {};
  if (mutant === NO_FENCE) return { rules: { isFenced: false } };
  const found = MUTANTS[mutant];
  if (found === undefined) throw new Error(`no such mutant: ${mutant}`);
  return { parts: await partsWith(found) };
}
