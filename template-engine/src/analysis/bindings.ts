import { type Flow, NOTHING, type Origin, type Value } from './flow.js';
import type { Work } from './work.js';

/** A variable of the template, and what it holds at the point that the analysis has come to. */
interface Binding {
  readonly name: string;
  readonly index: number;
  /** Declared in an argument that `and` or `or` may not get to: an outer one of that name may be meant. */
  readonly isConditional: boolean;
  value: Value;
  /** What the variable may hold in any turn of the loops around here that assign to it. */
  readonly heads: Origin[];
}

interface Change {
  readonly binding: Binding;
  readonly before: Value;
}

/** Variables that one name may mean. */
const MAX_MEANT = 32;

/** Work that keeping track of a variable on several ways is. */
const CHANGE_COST = 5;

/** What variables hold at the end of one of several ways. */
export type Outcome = ReadonlyMap<Binding, Value>;

/** The variables in sight. What one of several ways assigns is undone for the next, and joined behind them. */
export class Bindings {
  private readonly flow: Flow;
  private readonly work: Work;
  private readonly inSight: Binding[] = [];
  private readonly byName = new Map<string, Binding[]>();
  private readonly changes: Change[] = [];
  /** Whether an argument is under way that may not be evaluated. */
  isConditional = false;

  constructor(flow: Flow, work: Work, dot: Value) {
    this.flow = flow;
    this.work = work;
    this.declare('$', dot);
  }

  declare(name: string, value: Value): void {
    const { isConditional } = this;
    const binding = { name, index: this.inSight.length, isConditional, value, heads: [] };
    this.inSight.push(binding);
    const others = this.byName.get(name);
    if (others === undefined) this.byName.set(name, [binding]);
    else others.push(binding);
  }

  read(name: string): Value {
    const meant = this.meantBy(name);
    return meant.length === 0 ? NOTHING : this.flow.join(meant.map(({ value }) => value));
  }

  assign(name: string, value: Value): void {
    const meant = this.meantBy(name);
    for (const binding of meant) {
      const held = meant.length === 1 ? value : this.flow.join([binding.value, value]);
      this.change(binding, held);
      const head = binding.heads.at(-1);
      if (head !== undefined) this.flow.link(head, held);
    }
  }

  /** How many are in sight. */
  get count(): number {
    return this.inSight.length;
  }

  /** What was declared since there were so many is out of sight again. */
  release(count: number): void {
    for (const { name } of this.inSight.splice(count)) this.byName.get(name)?.pop();
  }

  /** @returns what `run` left in the variables that it changed; they are as before again */
  try(run: () => void): Outcome {
    const start = this.changes.length;
    run();
    const outcome = new Map<Binding, Value>();
    for (const { binding, before } of this.changes.splice(start).reverse()) {
      if (!outcome.has(binding)) outcome.set(binding, binding.value);
      binding.value = before;
    }
    return outcome;
  }

  /** Behind several ways a variable holds what any of them left in it. */
  join(outcomes: readonly Outcome[]): void {
    const changed = new Set(outcomes.flatMap((outcome) => [...outcome.keys()]));
    for (const binding of changed) {
      if (!this.work.charge(CHANGE_COST)) return;
      if (this.inSight[binding.index] !== binding) continue;
      const values = outcomes.map((outcome) => outcome.get(binding) ?? binding.value);
      this.change(binding, this.flow.join(values));
    }
  }

  /** @param assigned names of the variables that the loop's body assigns to */
  loop(assigned: Iterable<string>, body: () => void): void {
    const looped = new Set([...assigned].flatMap((name) => this.meantBy(name)));
    for (const binding of looped) {
      if (!this.work.charge(CHANGE_COST)) return;
      const head = this.flow.either([binding.value]);
      binding.heads.push(head);
      this.change(binding, head);
    }
    body();
    for (const binding of looped) {
      const head = binding.heads.pop();
      if (head === undefined) continue;
      this.change(binding, head);
      const outer = binding.heads.at(-1);
      if (outer !== undefined) this.flow.link(outer, head);
    }
  }

  /** @returns the variables that a name may mean, the innermost first */
  private meantBy(name: string): Binding[] {
    const all = this.byName.get(name) ?? [];
    const meant: Binding[] = [];
    for (let i = all.length - 1; i >= 0; i--) {
      const binding = all[i] as Binding;
      this.work.charge(1);
      meant.push(binding);
      if (!binding.isConditional || meant.length >= MAX_MEANT) break;
    }
    return meant;
  }

  private change(binding: Binding, value: Value): void {
    if (binding.value === value) return;
    this.changes.push({ binding, before: binding.value });
    binding.value = value;
  }
}
