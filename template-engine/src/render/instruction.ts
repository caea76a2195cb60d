import type { Node } from '../syntax/ast.js';
import type { Evaluate } from './expression.js';
import type { Assign } from './variables.js';

/**
 * The statements of a template, made flat: a list of instructions that `run` goes through. Jumps and a
 * stack of calls take the place of recursion, so that templates may call each other as deep as in Go.
 *
 * Instructions that show a value also write the texts around it, `before` and `after`: most templates
 * are a text, a value, a text, a value. To show a field of dot, or a field of a field, is what they do
 * most, and has instructions of its own (`npm run bench -- engine`).
 */
export const Op = {
  /** Writes `before`. */
  text: 0,
  /** Writes the field `name` of dot. */
  showField: 1,
  /** Writes the field `inner` of the field `name` of dot. */
  showInnerField: 2,
  /** Writes dot. */
  showDot: 3,
  /** Writes what `evaluate` yields. */
  show: 4,
  /** Evaluates, for the variables that this sets. */
  evaluate: 5,
  jump: 6,
  /** Jumps if the field `name` of dot is not true. */
  jumpUnlessField: 7,
  /** Jumps if the field `inner` of the field `name` of dot is not true. */
  jumpUnlessInnerField: 16,
  /** Jumps if such a field, or without `inner` the field `name` itself, does not equal `constant`. */
  jumpUnlessEqual: 17,
  /** Jumps if what `evaluate` yields is not true. */
  jumpUnless: 8,
  /** The same; otherwise that becomes dot, and the outer dot is kept in `slot`. */
  enterWith: 9,
  leaveWith: 10,
  /** Starts a loop with its first turn; jumps if there is none. */
  enterRange: 11,
  /** Jumps back for the next turn of the loop; goes on if there is none. */
  nextTurn: 12,
  /** Ends the loop before its time, and jumps. */
  leaveRange: 13,
  /** Calls the template `callee`. */
  call: 14,
  /** Ends a template. */
  end: 15,
} as const;
export type Op = (typeof Op)[keyof typeof Op];

/** Every instruction has every field, so that all are of one shape for the engine that runs them. */
export class Instruction {
  readonly op: Op;
  /** The steps that it counts for. */
  cost: number;
  /** What an error points at. */
  readonly node: Node;
  readonly evaluate: Evaluate;
  before = '';
  after = '';
  /**
   * Whether the texts around are short: to put them and a short value together first, and then to the
   * output, spares the output two links of the rope that it is.
   */
  isTight = true;
  name = '';
  inner = '';
  constant = '';
  slot = 0;
  /** Index of the instruction to jump to. */
  target = 0;
  /** Sets the variable of a loop to the key. */
  assignKey: Assign | undefined;
  /** Sets the variable of a loop to the element. */
  assignElement: Assign | undefined;
  /** Of a range: the node visited last when its value is known. */
  last: Node | undefined;
  callee: Code | undefined;

  constructor(op: Op, node: Node, cost: number, evaluate: Evaluate = nothing) {
    this.op = op;
    this.node = node;
    this.cost = cost;
    this.evaluate = evaluate;
  }
}

const nothing: Evaluate = () => undefined;

/** A template, ready to run. */
export interface Code {
  /** Quoted. */
  readonly name: string;
  readonly instructions: readonly Instruction[];
}
