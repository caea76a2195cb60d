import { Formatter } from '../format/formatter.js';
import type { JsonObject, JsonValue } from '../json.js';
import { Integer, intOf } from '../values/integer.js';
import { sortedKeys } from '../values/keys.js';
import { isArray, isObject, type Value } from '../values/value.js';
import { failAfter } from './expression.js';
import type { Instruction } from './instruction.js';
import type { Rendering } from './rendering.js';

/** A range on its way: over the elements of an array, the values of an object by key, or 0 … n-1. */
export class Loop {
  /** The loop around this one; a loop in no other is in itself. */
  readonly outer: Loop;
  readonly outerDot: Value;
  private readonly turns: number;
  private turn = 0;
  private readonly items: readonly JsonValue[] | undefined;
  private readonly keys: readonly string[] | undefined;
  private readonly integer: Integer | undefined;

  /** What stands around the outermost loop. */
  static none(): Loop {
    return new Loop(undefined, undefined, 0, undefined, undefined, undefined);
  }

  static overArray(items: readonly JsonValue[], outer: Loop, outerDot: Value): Loop {
    return new Loop(outer, outerDot, items.length, items, undefined, undefined);
  }

  /** @param keys in the order of their turns */
  static overObject(object: JsonObject, keys: readonly string[], outer: Loop, outerDot: Value): Loop {
    const items = keys.map((key) => object[key] ?? null);
    return new Loop(outer, outerDot, keys.length, items, keys, undefined);
  }

  /** The steps bound the loop, so that a plain number can count it. */
  static overInteger(integer: Integer, outer: Loop, outerDot: Value): Loop {
    return new Loop(outer, outerDot, integer.asNumber, undefined, undefined, integer);
  }

  private constructor(
    outer: Loop | undefined,
    outerDot: Value,
    turns: number,
    items: readonly JsonValue[] | undefined,
    keys: readonly string[] | undefined,
    integer: Integer | undefined,
  ) {
    this.outer = outer ?? this;
    this.outerDot = outerDot;
    this.turns = turns;
    this.items = items;
    this.keys = keys;
    this.integer = integer;
  }

  /** @returns whether there is another turn, which is then the one at hand */
  advance(): boolean {
    return ++this.turn < this.turns;
  }

  element(): Value {
    const { items, integer, turn } = this;
    if (items !== undefined) return items[turn];
    return integer?.integerType === 'uint8' ? new Integer('uint8', turn) : intOf(turn);
  }

  key(): Value {
    return this.keys === undefined ? intOf(this.turn) : this.keys[this.turn];
  }
}

export const NO_LOOP = Loop.none();

/**
 * Starts a range.
 *
 * @param instruction the `enterRange`; the variables that it sets are still unset
 * @returns undefined if there is nothing to go through
 */
export function startLoop(
  value: Value,
  outer: Loop,
  dot: Value,
  instruction: Instruction,
  rendering: Rendering,
): Loop | undefined {
  const { node } = instruction;
  if (isArray(value)) {
    return value.length === 0 ? undefined : Loop.overArray(value, outer, dot);
  }
  if (isObject(value)) {
    const keys = sortedKeys(value, (characters) => rendering.chargeText(characters, node));
    if (keys.length === 0) return undefined;
    rendering.charge(keys.length, node);
    return Loop.overObject(value, keys, outer, dot);
  }
  if (value === null || value === undefined) return undefined;
  if (value instanceof Integer) {
    if (instruction.assignKey !== undefined) {
      failAfter(
        rendering,
        instruction.last,
        `can't use ${value.asText} to iterate over more than one variable`,
      );
    }
    return value.asNumber > 0 ? Loop.overInteger(value, outer, dot) : undefined;
  }
  const shown = new Formatter(rendering.formatLimits(node)).print(value);
  return failAfter(rendering, instruction.last, `range can't iterate over ${shown}`);
}
