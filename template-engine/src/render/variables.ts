import type { Node, Variable } from '../syntax/ast.js';
import type { Value } from '../values/value.js';
import { type Evaluate, failAfter } from './expression.js';
import { type Rendering, UNSET } from './rendering.js';
import type { Scope } from './scope.js';

/** Gives a variable a value. @param inInterface whether Go holds the value in an interface */
export type Assign = (rendering: Rendering, value: Value, inInterface: boolean) => void;

/** $name := … */
export function declaration(scope: Scope, name: string): Assign {
  const slot = scope.declare(name);
  return (rendering, value, inInterface) => setSlot(rendering, slot, value, inInterface);
}

/** $name = … @param last node to blame if there is no such variable */
export function assignment(scope: Scope, name: string, last: Node | undefined): Assign {
  const find = slotFinder(scope, name);
  if (typeof find === 'number') {
    return (rendering, value, inInterface) => setSlot(rendering, find, value, inInterface);
  }
  return (rendering, value, inInterface) => {
    const slot = find(rendering, last ?? rendering.last);
    if (slot === undefined) failAfter(rendering, last, `undefined variable: ${name}`);
    setSlot(rendering, slot, value, inInterface);
  };
}

/** $name, without its fields */
export function variableReader(
  scope: Scope,
  node: Variable,
): { evaluate: Evaluate; inInterface: (rendering: Rendering) => boolean } {
  const find = slotFinder(scope, node.name);
  if (typeof find === 'number') {
    return {
      evaluate: (rendering) => rendering.frame.slots[find] as Value,
      inInterface: (rendering) => rendering.frame.inInterface?.[find] === true,
    };
  }
  return {
    evaluate: (rendering) => {
      const slot = find(rendering, node);
      if (slot === undefined) return rendering.fail(node, `undefined variable: ${node.name}`);
      return rendering.frame.slots[slot] as Value;
    },
    inInterface: (rendering) => rendering.frame.inInterface?.[find(rendering, node) ?? 0] === true,
  };
}

type FindSlot = (rendering: Rendering, node: Node | undefined) => number | undefined;

/** What it costs to look whether a slot is set, in characters. */
const LOOK_COST = 4;

/** @returns the variable's slot, or how to find it where that depends on what has run */
function slotFinder(scope: Scope, name: string): number | FindSlot {
  const { slots, isCertain } = scope.lookUp(name);
  const [only] = slots;
  if (isCertain && slots.length === 1 && only !== undefined) return only;
  return (rendering, node) => {
    if (node !== undefined) rendering.chargeText(LOOK_COST * slots.length, node);
    return slots.find((slot) => rendering.frame.slots[slot] !== UNSET);
  };
}

function setSlot(rendering: Rendering, slot: number, value: Value, inInterface: boolean): void {
  rendering.frame.slots[slot] = value;
  rendering.frame.inInterface ??= [];
  rendering.frame.inInterface[slot] = inInterface;
}
