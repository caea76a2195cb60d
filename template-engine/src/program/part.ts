import { InvalidProgramError } from '../errors.js';
import type { Position } from '../position.js';

const NAME = /^[\p{L}\p{Nd}_]+$/u;

/** A part of the program, and the way to it, which is written out only when something is wrong. */
export class Part {
  readonly value: unknown;
  private readonly parent: Part | undefined;
  private readonly key: string | number;

  constructor(value: unknown, key: string | number, parent?: Part) {
    this.value = value;
    this.key = key;
    this.parent = parent;
  }

  fail(problem: string): never {
    throw new InvalidProgramError(this.path(), problem);
  }

  list(): Part[] {
    if (!Array.isArray(this.value)) this.fail('must be a list');
    return this.value.map((item, i) => new Part(item, i, this));
  }

  string(): string {
    return typeof this.value === 'string' ? this.value : this.fail('must be a string');
  }

  boolean(): boolean {
    return typeof this.value === 'boolean' ? this.value : this.fail('must be a boolean');
  }

  matching(pattern: RegExp): string {
    return typeof this.value === 'string' && pattern.test(this.value)
      ? this.value
      : this.fail('must be a name');
  }

  names(): string[] {
    return this.list().map((name) => name.matching(NAME));
  }

  position(): Position {
    const numbers: readonly unknown[] = Array.isArray(this.value) ? this.value : [];
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
