import { BUILTIN_NAMES } from '../builtins/table.js';
import { InvalidProgramError } from '../errors.js';
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

/** Deeper programs would exhaust the stack of whoever walks them. */
const MAX_NESTING = 1_000;

const NAME = /^[\p{L}\p{Nd}_]+$/u;
const VARIABLE_NAME = /^\$[\p{L}\p{Nd}_]*$/u;

/**
 * Reads a program back, and checks every node of it.
 *
 * @throws {InvalidProgramError} for anything that compiling does not produce
 */
export function decodeProgram(program: unknown): { name: string; body: List } {
  const root = '$';
  if (typeof program !== 'object' || program === null || Array.isArray(program)) {
    throw new InvalidProgramError(root, 'must be an object');
  }
  const { format, name, body, ...others } = program as Readonly<Record<string, unknown>>;
  if (format !== PROGRAM_FORMAT) throw new InvalidProgramError(`${root}.format`, `must be ${PROGRAM_FORMAT}`);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new InvalidProgramError(`${root}.${unknown}`, 'is not known');
  return { name: string(name, `${root}.name`), body: decodeList(body, `${root}.body`, OUTERMOST) };
}

/** Where a node stands among the others. */
interface Surroundings {
  readonly nesting: number;
  readonly isInRange: boolean;
}

const OUTERMOST: Surroundings = { nesting: 0, isInRange: false };

function decodeList(code: unknown, path: string, around: Surroundings): List {
  return new List(list(code, path).map((item, i) => decodeStatement(item, `${path}[${i}]`, around)));
}

function decodeStatement(code: unknown, path: string, around: Surroundings): Statement {
  const { op, position, parts } = node(code, path);
  switch (op) {
    case Op.text:
      return new Text(position, string(parts(1)[0], `${path}[2]`));
    case Op.action:
      return new Action(position, decodePipeline(parts(1)[0], `${path}[2]`, around, 1));
    case Op.if:
      return decodeBranch('if', position, parts(3), path, around);
    case Op.range:
      return decodeBranch('range', position, parts(3), path, around);
    case Op.with:
      return decodeBranch('with', position, parts(3), path, around);
    case Op.break:
    case Op.continue:
      parts(0);
      if (!around.isInRange) throw new InvalidProgramError(path, 'must stand in a range');
      return new Jump(op === Op.break ? 'break' : 'continue', position);
    default:
      throw new InvalidProgramError(path, 'must be a statement');
  }
}

function decodeBranch(
  kind: BranchKind,
  position: Position,
  [pipeline, body, otherwise]: readonly unknown[],
  path: string,
  around: Surroundings,
): Branch {
  const inside = deeper(around, path);
  const inBody = kind === 'range' ? { ...inside, isInRange: true } : inside;
  return new Branch(
    kind,
    position,
    decodePipeline(pipeline, `${path}[2]`, inside, kind === 'range' ? 2 : 1),
    decodeList(body, `${path}[3]`, inBody),
    otherwise === null ? undefined : decodeList(otherwise, `${path}[4]`, inside),
  );
}

function decodePipeline(code: unknown, path: string, around: Surroundings, maxVariables: number): Pipeline {
  const { op, position, parts } = node(code, path);
  if (op !== Op.pipeline) throw new InvalidProgramError(path, 'must be a pipeline');
  const [variables, isAssignment, commands] = parts(3);
  const inside = deeper(around, path);
  const declared = list(variables, `${path}[2]`).map((variable, i) => {
    const operand = decodeOperand(variable, `${path}[2][${i}]`, inside);
    if (operand.kind === 'variable' && operand.fields.length === 0) return operand;
    throw new InvalidProgramError(`${path}[2][${i}]`, 'must be a variable without fields');
  });
  if (declared.length > maxVariables) throw new InvalidProgramError(`${path}[2]`, 'has too many variables');
  const [first, ...others] = list(commands, `${path}[4]`).map((command, i) =>
    decodeCommand(command, `${path}[4][${i}]`, inside),
  );
  if (first === undefined) throw new InvalidProgramError(`${path}[4]`, 'must not be empty');
  return new Pipeline(position, declared, boolean(isAssignment, `${path}[3]`), [first, ...others]);
}

function decodeCommand(code: unknown, path: string, around: Surroundings): Command {
  const { op, position, parts } = node(code, path);
  if (op !== Op.command) throw new InvalidProgramError(path, 'must be a command');
  const [first, ...others] = list(parts(1)[0], `${path}[2]`).map((operand, i) =>
    decodeOperand(operand, `${path}[2][${i}]`, around),
  );
  if (first === undefined) throw new InvalidProgramError(`${path}[2]`, 'must not be empty');
  return new Command(position, [first, ...others]);
}

function decodeOperand(code: unknown, path: string, around: Surroundings): Operand {
  const { op, position, parts } = node(code, path);
  switch (op) {
    case Op.field: {
      const fields = names(parts(1)[0], `${path}[2]`);
      if (fields.length === 0) throw new InvalidProgramError(`${path}[2]`, 'must not be empty');
      return new Field(position, fields);
    }
    case Op.variable: {
      const [name, fields] = parts(2);
      return new Variable(position, matching(VARIABLE_NAME, name, `${path}[2]`), names(fields, `${path}[3]`));
    }
    case Op.chain: {
      const [inner, given] = parts(2);
      const fields = names(given, `${path}[3]`);
      const operand = decodeOperand(inner, `${path}[2]`, deeper(around, path));
      if (operand.kind === 'pipeline' || operand.kind === 'identifier') {
        if (fields.length > 0) return new Chain(position, operand, fields);
        throw new InvalidProgramError(`${path}[3]`, 'must not be empty');
      }
      throw new InvalidProgramError(`${path}[2]`, 'must be an identifier or a pipeline');
    }
    case Op.identifier: {
      const name = string(parts(1)[0], `${path}[2]`);
      if (BUILTIN_NAMES.has(name)) return new Identifier(position, name);
      throw new InvalidProgramError(`${path}[2]`, 'must be the name of a function');
    }
    case Op.dot:
      parts(0);
      return new Dot(position);
    case Op.nil:
      parts(0);
      return new Nil(position);
    case Op.boolean:
      return new BooleanLiteral(position, boolean(parts(1)[0], `${path}[2]`));
    case Op.number: {
      const source = string(parts(1)[0], `${path}[2]`);
      return new NumberLiteral(position, source, literal(parseNumber(source), `${path}[2]`));
    }
    case Op.string: {
      const source = string(parts(1)[0], `${path}[2]`);
      return new StringLiteral(position, source, literal(parseString(source), `${path}[2]`));
    }
    case Op.pipeline:
      return decodePipeline(code, path, around, 1);
    default:
      throw new InvalidProgramError(path, 'must be an operand');
  }
}

interface NodeCode {
  readonly op: unknown;
  readonly position: Position;
  /** What follows the position, which must be so many things. */
  readonly parts: (count: number) => readonly unknown[];
}

function node(code: unknown, path: string): NodeCode {
  const [op, position, ...parts] = list(code, path);
  return {
    op,
    position: decodePosition(position, `${path}[1]`),
    parts: (count) => {
      if (parts.length === count) return parts;
      throw new InvalidProgramError(path, `must have ${count + 2} elements`);
    },
  };
}

function decodePosition(code: unknown, path: string): Position {
  const numbers = list(code, path);
  const isPosition =
    numbers.length === 4 &&
    numbers.every((number) => Number.isSafeInteger(number) && (number as number) >= 0);
  if (!isPosition) throw new InvalidProgramError(path, 'must be four integers from 0');
  const [line, column, offset, length] = numbers as [number, number, number, number];
  return { line, column, offset, length };
}

function deeper(around: Surroundings, path: string): Surroundings {
  if (around.nesting < MAX_NESTING) return { ...around, nesting: around.nesting + 1 };
  throw new InvalidProgramError(path, `is nested deeper than ${MAX_NESTING}`);
}

function list(value: unknown, path: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InvalidProgramError(path, 'must be a list');
}

function string(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  throw new InvalidProgramError(path, 'must be a string');
}

function boolean(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new InvalidProgramError(path, 'must be a boolean');
}

function matching(pattern: RegExp, value: unknown, path: string): string {
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw new InvalidProgramError(path, 'must be a name');
}

function names(value: unknown, path: string): string[] {
  return list(value, path).map((name, i) => matching(NAME, name, `${path}[${i}]`));
}

function literal<T>(parsed: Literal<T>, path: string): T {
  if ('problem' in parsed) throw new InvalidProgramError(path, parsed.problem);
  return parsed.value;
}
