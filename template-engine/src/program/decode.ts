import { BUILTIN_NAMES } from '../builtins/table.js';
import { InvalidProgramError } from '../errors.js';
import { DEFAULT_COMPILE_LIMITS } from '../limits.js';
import type { Position } from '../position.js';
import {
  Action,
  BooleanLiteral,
  Branch,
  type BranchKind,
  Chain,
  Command,
  Dot,
  Field,
  Identifier,
  Jump,
  List,
  Nil,
  NumberLiteral,
  type Operand,
  Pipeline,
  type Statement,
  StringLiteral,
  Text,
  Variable,
} from '../syntax/ast.js';
import { parseNumber } from '../syntax/number-literal.js';
import { type Literal, parseString } from '../syntax/string-literal.js';
import { Op, PROGRAM_FORMAT } from './program.js';

/** Deeper programs would exhaust the stack of whoever walks them. The parser counts the same way. */
const MAX_NESTING = DEFAULT_COMPILE_LIMITS.nesting;

const NAME = /^[\p{L}\p{Nd}_]+$/u;
const VARIABLE_NAME = /^\$[\p{L}\p{Nd}_]*$/u;

/** A part of the program, and the way to it, which is written out only when something is wrong. */
class Part {
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

interface NodeParts {
  readonly part: Part;
  readonly op: unknown;
  readonly position: Position;
  readonly rest: readonly Part[];
}

const isNatural = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function one({ part, rest }: NodeParts): Part {
  const [first] = rest;
  return rest.length === 1 && first !== undefined ? first : part.fail('must have 3 elements');
}

function two({ part, rest }: NodeParts): [Part, Part] {
  const [first, second] = rest;
  if (rest.length === 2 && first !== undefined && second !== undefined) return [first, second];
  return part.fail('must have 4 elements');
}

function three({ part, rest }: NodeParts): [Part, Part, Part] {
  const [first, second, third] = rest;
  if (rest.length === 3 && first !== undefined && second !== undefined && third !== undefined) {
    return [first, second, third];
  }
  return part.fail('must have 5 elements');
}

function none({ part, rest }: NodeParts): void {
  if (rest.length > 0) part.fail('must have 2 elements');
}

/** Where a node stands among the others. */
interface Surroundings {
  readonly nesting: number;
  readonly isInRange: boolean;
}

const OUTERMOST: Surroundings = { nesting: 0, isInRange: false };

function deeper(around: Surroundings, part: Part): Surroundings {
  if (around.nesting >= MAX_NESTING) part.fail(`is nested deeper than ${MAX_NESTING}`);
  return { ...around, nesting: around.nesting + 1 };
}

/**
 * Reads a program back, and checks every node of it.
 *
 * @throws {InvalidProgramError} for anything that compiling does not produce
 */
export function decodeProgram(program: unknown): { name: string; body: List } {
  const root = new Part(program, '$');
  if (typeof program !== 'object' || program === null || Array.isArray(program)) {
    return root.fail('must be an object');
  }
  const { format, name, body, ...others } = program as Readonly<Record<string, unknown>>;
  if (format !== PROGRAM_FORMAT) new Part(format, 'format', root).fail(`must be ${PROGRAM_FORMAT}`);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) new Part(undefined, unknown, root).fail('is not known');
  return {
    name: new Part(name, 'name', root).string(),
    body: decodeList(new Part(body, 'body', root), OUTERMOST),
  };
}

function decodeList(part: Part, around: Surroundings): List {
  return new List(part.list().map((item) => decodeStatement(item, around)));
}

function decodeStatement(part: Part, around: Surroundings): Statement {
  const node = part.node();
  const { op, position } = node;
  switch (op) {
    case Op.text:
      return new Text(position, one(node).string());
    case Op.action:
      return new Action(position, decodePipeline(one(node), around, 1));
    case Op.if:
      return decodeBranch('if', node, around);
    case Op.range:
      return decodeBranch('range', node, around);
    case Op.with:
      return decodeBranch('with', node, around);
    case Op.break:
    case Op.continue:
      none(node);
      if (!around.isInRange) part.fail('must stand in a range');
      return new Jump(op === Op.break ? 'break' : 'continue', position);
    default:
      return part.fail('must be a statement');
  }
}

function decodeBranch(kind: BranchKind, node: NodeParts, around: Surroundings): Branch {
  const [pipeline, body, otherwise] = three(node);
  const inside = deeper(around, node.part);
  return new Branch(
    kind,
    node.position,
    decodePipeline(pipeline, inside, kind === 'range' ? 2 : 1),
    decodeList(body, kind === 'range' ? { ...inside, isInRange: true } : inside),
    otherwise.value === null ? undefined : decodeList(otherwise, inside),
  );
}

function decodePipeline(part: Part, around: Surroundings, maxVariables: number): Pipeline {
  const node = part.node();
  if (node.op !== Op.pipeline) part.fail('must be a pipeline');
  const [variables, isAssignment, commands] = three(node);
  const declared = variables.list().map((variable) => decodeDeclared(variable));
  if (declared.length > maxVariables) variables.fail('has too many variables');
  const [first, ...others] = commands.list().map((command) => decodeCommand(command, around));
  if (first === undefined) return commands.fail('must not be empty');
  return new Pipeline(node.position, declared, isAssignment.boolean(), [first, ...others]);
}

function decodeDeclared(part: Part): Variable {
  const variable = decodeVariable(part);
  return variable.fields.length === 0 ? variable : part.fail('must be a variable without fields');
}

function decodeCommand(part: Part, around: Surroundings): Command {
  const node = part.node();
  if (node.op !== Op.command) part.fail('must be a command');
  const operands = one(node);
  const [first, ...others] = operands.list().map((operand) => decodeOperand(operand, around));
  if (first === undefined) return operands.fail('must not be empty');
  return new Command(node.position, [first, ...others]);
}

function decodeOperand(part: Part, around: Surroundings): Operand {
  const node = part.node();
  const { op, position } = node;
  switch (op) {
    case Op.field:
      return new Field(position, someNames(one(node)));
    case Op.variable:
      return decodeVariable(part);
    case Op.chain: {
      const [inner, fields] = two(node);
      const operand = decodeOperand(inner, around);
      if (operand.kind !== 'pipeline' && operand.kind !== 'identifier') {
        return inner.fail('must be an identifier or a pipeline');
      }
      return new Chain(position, operand, someNames(fields));
    }
    case Op.identifier: {
      const name = one(node);
      if (!BUILTIN_NAMES.has(name.string())) name.fail('must be the name of a function');
      return new Identifier(position, name.string());
    }
    case Op.dot:
      none(node);
      return new Dot(position);
    case Op.nil:
      none(node);
      return new Nil(position);
    case Op.boolean:
      return new BooleanLiteral(position, one(node).boolean());
    case Op.number: {
      const source = one(node);
      return new NumberLiteral(position, source.string(), literalOf(parseNumber(source.string()), source));
    }
    case Op.string: {
      const source = one(node);
      return new StringLiteral(position, source.string(), literalOf(parseString(source.string()), source));
    }
    case Op.pipeline:
      return decodePipeline(part, deeper(around, part), 1);
    default:
      return part.fail('must be an operand');
  }
}

function decodeVariable(part: Part): Variable {
  const node = part.node();
  if (node.op !== Op.variable) part.fail('must be a variable');
  const [name, fields] = two(node);
  return new Variable(node.position, name.matching(VARIABLE_NAME), fields.names());
}

function someNames(part: Part): string[] {
  const names = part.names();
  return names.length > 0 ? names : part.fail('must not be empty');
}

function literalOf<T>(literal: Literal<T>, part: Part): T {
  return 'problem' in literal ? part.fail(literal.problem) : literal.value;
}
