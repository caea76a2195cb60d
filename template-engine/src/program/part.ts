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
    const items: unknown = this.value;
    if (!Array.isArray(items)) return this.fail('must be a list');
    this.count(items.length + 1);
    const parts: Part[] = [];
    // Not map, which leaves holes as they are.
    for (let i = 0; i < items.length; i++) {
      const part = new Part(items[i], i, this);
      parts.push(part.value === undefined ? part.fail('must not be empty') : part);
    }
    return parts;
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

  position(): Position {
    const numbers: readonly unknown[] =
      Array.isArray(this.value) && this.value.length === 4 ? [...this.value] : [];
    if (numbers.length !== 4 || !numbers.every(isNatural)) this.fail('must be four integers from 0');
    const [line, column, offset, length] = numbers as [number, number, number, number];
    return { line, column, offset, length };
  }

  /** Reads a node: its opcode, its position, and the rest. */
  node(): NodeParts {
    const [op, position, ...rest] = this.list();
    if (op === undefined || position === undefined) return this.fail('must have an opcode and a position');
    return { part: this, op: op.value, position: position.position(), rest };
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
  readonly rest: readonly Part[];
}

const isNatural = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

export function one({ part, rest }: NodeParts): Part {
  const [first] = rest;
  return rest.length === 1 && first !== undefined ? first : part.fail('must have 3 elements');
}

export function two({ part, rest }: NodeParts): [Part, Part] {
  const [first, second] = rest;
  if (rest.length === 2 && first !== undefined && second !== undefined) return [first, second];
  return part.fail('must have 4 elements');
}

export function three({ part, rest }: NodeParts): [Part, Part, Part] {
  const [first, second, third] = rest;
  if (rest.length === 3 && first !== undefined && second !== undefined && third !== undefined) {
    return [first, second, third];
  }
  return part.fail('must have 5 elements');
}

export function none({ part, rest }: NodeParts): void {
  if (rest.length > 0) part.fail('must have 2 elements');
}
