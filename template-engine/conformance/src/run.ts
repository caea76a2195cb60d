import type { Answer, Case } from './case.js';
import { compare } from './comparison.js';
import { askEngine } from './engine.js';
import { addToFound } from './found.js';
import { randomCase } from './grammar/cases.js';
import type { Oracle } from './oracle.js';
import { shrink } from './shrink.js';
import { Tally } from './tally.js';

/** Cases sent to the oracle at once. Ours are answered while it works. */
const BATCH = 250;
/** Batches under way: enough that neither side waits. */
const UNDER_WAY = 4;
/** A run ends with as many differences: more have few causes, which are better repaired first. */
const MOST_DIFFERENCES = 20;

interface Difference {
  /** Of the case within its seed. */
  readonly number: number;
  readonly given: Case;
}

/** The random cases of one seed, thrown at Go and at our engine. */
export class Run {
  private readonly oracle: Oracle;
  private readonly seed: number;
  private readonly tally = new Tally();
  private readonly differences: Difference[] = [];

  constructor(oracle: Oracle, seed: number) {
    this.oracle = oracle;
    this.seed = seed;
  }

  /** Asks, shrinks and shows the differences, sums up. @returns the number of differences */
  async over(cases: number): Promise<number> {
    const start = performance.now();
    const asked = await withoutStacks(() => this.askAll(cases));
    const seconds = (performance.now() - start) / 1000;
    for (const difference of this.differences.slice(0, MOST_DIFFERENCES)) await this.show(difference);
    print('');
    print(`${asked} cases, seed ${this.seed}: ${this.differences.length} differences`);
    if (asked < cases) print(`stopped early: there were ${MOST_DIFFERENCES} differences or more`);
    for (const line of this.tally.lines()) print(line);
    const rate = Math.round(asked / seconds);
    print(
      `${seconds.toFixed(1)} s, ${rate} cases per second, ${this.oracle.goVersion}, Node ${process.version}`,
    );
    return this.differences.length;
  }

  /** @returns how many cases were asked */
  private async askAll(cases: number): Promise<number> {
    const underWay: Promise<void>[] = [];
    let asked = 0;
    while (asked < cases && this.differences.length < MOST_DIFFERENCES) {
      const end = Math.min(asked + BATCH, cases);
      underWay.push(this.askBoth(asked, end));
      asked = end;
      if (underWay.length >= UNDER_WAY) await underWay.shift();
      // Lets the oracle's answers in before the next batch keeps this thread busy.
      await new Promise(setImmediate);
    }
    await Promise.all(underWay);
    return asked;
  }

  private async askBoth(start: number, end: number): Promise<void> {
    const cases: Case[] = [];
    for (let number = start; number < end; number++) cases.push(randomCase(this.seed, number));
    const asked = this.oracle.ask(cases);
    const ours = cases.map(askEngine);
    const answers = await asked;
    cases.forEach((given, i) => {
      const go = answers[i] as Answer;
      const verdict = compare(go, ours[i] as Answer);
      this.tally.add(go, verdict);
      if (verdict.kind === 'different') this.differences.push({ number: start + i, given });
    });
  }

  private async show({ number, given }: Difference): Promise<void> {
    const small = await this.shrunk(given);
    const [go] = await this.oracle.ask([small]);
    if (go === undefined) return;
    const ours = askEngine(small);
    const isNew = addToFound(small, go);
    print(`\nDifference in case ${number} of seed ${this.seed}`);
    print(`  template  ${JSON.stringify(small.template)}`);
    print(`  data      ${small.data}`);
    print(`  missing   ${small.missing}`);
    print(`  Go        ${go.kind} ${JSON.stringify(go.text)}`);
    print(`  px0       ${ours.kind} ${JSON.stringify(ours.text)}`);
    print(`  ${isNew ? 'added to' : 'already in'} conformance/vectors/found.jsonl`);
  }

  /** The smaller case differs by the same kinds of answers, or it would often be about something else. */
  private async shrunk(given: Case): Promise<Case> {
    const kindsOf = (go: Answer | undefined, ours: Answer): string => `${go?.kind}, ${ours.kind}`;
    const [go] = await this.oracle.ask([given]);
    const kinds = kindsOf(go, askEngine(given));
    return shrink(given, async (cases) => {
      const answers = await this.oracle.ask(cases);
      return cases.map((smaller, i) => {
        const ours = askEngine(smaller);
        const theirs = answers[i] as Answer;
        return compare(theirs, ours).kind === 'different' && kindsOf(theirs, ours) === kinds;
      });
    });
  }
}

/** Every second case ends in an error, and half of the time went into writing down where. */
async function withoutStacks<T>(work: () => Promise<T>): Promise<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
