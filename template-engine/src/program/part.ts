import { InvalidProgramError } from '../errors.js';
import { DEFAULT_COMPILE_LIMITS } from '../limits.js';
import type { Position } from '../position.js';
import { isName } from '../syntax/characters.js';

/**
 * How many elements and characters a program may have, each counted wherever it is met. Compiling makes
 * no more of a source of the default size. Without this, a program that is no tree, because parts of
 * it are shared, could be small and yet take for ever to walk.
 */
const MAX_SIZE = 16 * DEFAULT_COMPILE_LIMITS.sourceBytes;

/** A part of the program, and the way to it, which is written out only when something is wrong. */
export class Part {
  readonly value: unknown;
  private readonly parent: Part | undefined;
  private readonly key: string | number;
  private readonly size: { left: number };

  constructor(value: unknown, key: string | number, parent?: Part) {
    this.value = value;
    this.key = key;
    this.parent = parent;
    this.size = parent?.size ?? { left: MAX_SIZE };
  }

  fail(problem: string): never {
    throw new InvalidProgramError(this.path(), problem);
  }

  list(): Part[] {
    return this.items().map((item, i) => new Part(item, i, this));
  }

  string(): string {
    const text = this.value;
    if (typeof text !== 'string') return this.fail('must be a string');
    this.count(text.length);
    return text;
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('must be a boolean');
  }

  /** @param isRight what the text must be like */
  name(isRight: (text: string) => boolean): string {
    const name = this.value;
    if (typeof name !== 'string') return this.fail('must be a name');
    this.count(name.length);
    return isRight(name) ? name : this.fail('must be a name');
  }

  names(): string[] {
    return this.list().map((name) => name.name(isName));
  }

  /** Reads a node: its opcode and its position; the rest is for `none` … `three` to read. */
  node(): NodeParts {
    const items = this.items();
    if (items.length < 2) return this.fail('must have an opcode and a position');
    return {
      part: this,
      op: items[0],
      position: positionFrom(items[1]) ?? new Part(items[1], 1, this).fail('must be four integers from 0'),
      items,
    };
  }

  /** @returns the elements of a list, none of which is missing */
  private items(): readonly unknown[] {
    const items: unknown = this.value;
    if (!Array.isArray(items)) return this.fail('must be a list');
    this.count(items.length + 1);
    // Not every, which passes over holes.
    for (let i = 0; i < items.length; i++) {
      if (items[i] === undefined) new Part(undefined, i, this).fail('must not be empty');
    }
    return items;
  }

  private count(size: number): void {
    this.size.left -= size;
    if (this.size.left < 0) this.fail('is more than a template of any source can be');
  }

  private path(): string {
    if (this.parent === undefined) return String(this.key);
    const own = typeof this.key === 'number' ? `[${this.key}]` : `.${this.key}`;
    return this.parent.path() + own;
  }
}

export interface NodeParts {
  readonly part: Part;
  readonly op: unknown;
  readonly position: Position;
  /** Opcode and position included. */
  readonly items: readonly unknown[];
}

const isNatural = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function positionFrom(value: unknown): Position | undefined {
  if (!Array.isArray(value) || value.length !== 4) return undefined;
  const [line, column, offset, length]: readonly unknown[] = value;
  const areRight = isNatural(line) && isNatural(column) && isNatural(offset) && isNatural(length);
  return areRight ? { line, column, offset, length } : undefined;
}

export function none(node: NodeParts): void {
  checkLength(node, 2);
}

export function one(node: NodeParts): Part {
  checkLength(node, 3);
  return partAt(node, 2);
}

export function two(node: NodeParts): [Part, Part] {
  checkLength(node, 4);
  return [partAt(node, 2), partAt(node, 3)];
}

export function three(node: NodeParts): [Part, Part, Part] {
  checkLength(node, 5);
  return [partAt(node, 2), partAt(node, 3), partAt(node, 4)];
}

function checkLength({ part, items }: NodeParts, length: number): void {
  if (items.length !== length) part.fail(`must have ${length} elements`);
}

function partAt({ part, items }: NodeParts, index: number): Part {
  return new Part(items[index], index, part);
}
