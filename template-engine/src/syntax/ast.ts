import type { Position } from '../position.js';
import type { GoString } from '../values/raw-string.js';
import type { NumberValue } from './number-literal.js';

/**
 * The tree of a template. Every node prints itself the way Go prints it: `toString` of a tree parses
 * back to the same tree, and execution errors show the node they happened at.
 */

export class Field {
  readonly kind = 'field';
  readonly position: Position;
  readonly names: readonly string[];

  constructor(position: Position, names: readonly string[]) {
    this.position = position;
    this.names = names;
  }

  toString(): string {
    return printNames(this.names);
  }
}

/** A variable, perhaps with fields: `$`, `$x`, `$x.a.b`. */
export class Variable {
  readonly kind = 'variable';
  readonly position: Position;
  /** With its dollar sign. */
  readonly name: string;
  readonly fields: readonly string[];

  constructor(position: Position, name: string, fields: readonly string[]) {
    this.position = position;
    this.name = name;
    this.fields = fields;
  }

  toString(): string {
    return this.name + printNames(this.fields);
  }
}

/** Fields of what an operand yields: `(pipeline).a.b`. */
export class Chain {
  readonly kind = 'chain';
  readonly position: Position;
  readonly operand: Pipeline | Identifier;
  readonly fields: readonly string[];

  constructor(position: Position, operand: Pipeline | Identifier, fields: readonly string[]) {
    this.position = position;
    this.operand = operand;
    this.fields = fields;
  }

  toString(): string {
    return printOperand(this.operand) + printNames(this.fields);
  }
}

/** The name of a function. */
export class Identifier {
  readonly kind = 'identifier';
  readonly position: Position;
  readonly name: string;

  constructor(position: Position, name: string) {
    this.position = position;
    this.name = name;
  }

  toString(): string {
    return this.name;
  }
}

export class Dot {
  readonly kind = 'dot';
  readonly position: Position;

  constructor(position: Position) {
    this.position = position;
  }

  toString(): string {
    return '.';
  }
}

export class Nil {
  readonly kind = 'nil';
  readonly position: Position;

  constructor(position: Position) {
    this.position = position;
  }

  toString(): string {
    return 'nil';
  }
}

export class BooleanLiteral {
  readonly kind = 'boolean';
  readonly position: Position;
  readonly value: boolean;

  constructor(position: Position, value: boolean) {
    this.position = position;
    this.value = value;
  }

  toString(): string {
    return String(this.value);
  }
}

export class NumberLiteral {
  readonly kind = 'number';
  readonly position: Position;
  /** As written. */
  readonly source: string;
  readonly value: NumberValue;

  constructor(position: Position, source: string, value: NumberValue) {
    this.position = position;
    this.source = source;
    this.value = value;
  }

  toString(): string {
    return this.source;
  }
}

export class StringLiteral {
  readonly kind = 'string';
  readonly position: Position;
  /** As written, with its quotes. */
  readonly source: string;
  readonly value: GoString;

  constructor(position: Position, source: string, value: GoString) {
    this.position = position;
    this.source = source;
    this.value = value;
  }

  toString(): string {
    return this.source;
  }
}

/** An operand, or a function and its arguments, or something that must not have any. */
export class Command {
  readonly kind = 'command';
  readonly position: Position;
  readonly operands: readonly [Operand, ...Operand[]];

  constructor(position: Position, operands: readonly [Operand, ...Operand[]]) {
    this.position = position;
    this.operands = operands;
  }

  toString(): string {
    return this.operands.map(printOperand).join(' ');
  }
}

/** Commands that feed one another, and the variables that get the outcome. */
export class Pipeline {
  readonly kind = 'pipeline';
  readonly position: Position;
  readonly variables: readonly Variable[];
  /** `=` rather than `:=`. */
  readonly isAssignment: boolean;
  readonly commands: readonly [Command, ...Command[]];

  constructor(
    position: Position,
    variables: readonly Variable[],
    isAssignment: boolean,
    commands: readonly [Command, ...Command[]],
  ) {
    this.position = position;
    this.variables = variables;
    this.isAssignment = isAssignment;
    this.commands = commands;
  }

  toString(): string {
    const commands = this.commands.join(' | ');
    if (this.variables.length === 0) return commands;
    return `${this.variables.join(', ')} ${this.isAssignment ? '=' : ':='} ${commands}`;
  }
}

export class Text {
  readonly kind = 'text';
  readonly position: Position;
  readonly text: string;

  constructor(position: Position, text: string) {
    this.position = position;
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** A pipeline between delimiters: prints its value, or sets variables. */
export class Action {
  readonly kind = 'action';
  readonly position: Position;
  readonly pipeline: Pipeline;

  constructor(position: Position, pipeline: Pipeline) {
    this.position = position;
    this.pipeline = pipeline;
  }

  toString(): string {
    return `{{${this.pipeline}}}`;
  }
}

export type BranchKind = 'if' | 'range' | 'with';

export class Branch {
  readonly kind: BranchKind;
  readonly position: Position;
  readonly pipeline: Pipeline;
  readonly body: List;
  readonly otherwise: List | undefined;

  constructor(
    kind: BranchKind,
    position: Position,
    pipeline: Pipeline,
    body: List,
    otherwise: List | undefined,
  ) {
    this.kind = kind;
    this.position = position;
    this.pipeline = pipeline;
    this.body = body;
    this.otherwise = otherwise;
  }

  toString(): string {
    const otherwise = this.otherwise === undefined ? '' : `{{else}}${this.otherwise}`;
    return `{{${this.kind} ${this.pipeline}}}${this.body}${otherwise}{{end}}`;
  }
}

/** `{{break}}` or `{{continue}}`. */
export class Jump {
  readonly kind: 'break' | 'continue';
  readonly position: Position;

  constructor(kind: 'break' | 'continue', position: Position) {
    this.kind = kind;
    this.position = position;
  }

  toString(): string {
    return `{{${this.kind}}}`;
  }
}

/** `{{template "name" pipeline}}`; a block is one as well. */
export class TemplateCall {
  readonly kind = 'template';
  readonly position: Position;
  /** Quoted, as Go prints it: what is no UTF-8 has a form of its own then. */
  readonly name: string;
  /** What the template's dot becomes: nothing, if undefined. */
  readonly pipeline: Pipeline | undefined;

  constructor(position: Position, name: string, pipeline: Pipeline | undefined) {
    this.position = position;
    this.name = name;
    this.pipeline = pipeline;
  }

  toString(): string {
    return `{{template ${this.name}${this.pipeline === undefined ? '' : ` ${this.pipeline}`}}}`;
  }
}

export class List {
  readonly kind = 'list';
  readonly statements: readonly Statement[];

  constructor(statements: readonly Statement[]) {
    this.statements = statements;
  }

  toString(): string {
    return this.statements.join('');
  }
}

export type Operand =
  | Field
  | Variable
  | Chain
  | Identifier
  | Dot
  | Nil
  | BooleanLiteral
  | NumberLiteral
  | StringLiteral
  | Pipeline;

export type Statement = Text | Action | Branch | Jump | TemplateCall;
/** What an error can point at. */
export type Node = Operand | Command | Statement;

function printNames(names: readonly string[]): string {
  return names.map((name) => `.${name}`).join('');
}

function printOperand(operand: Operand): string {
  return operand.kind === 'pipeline' ? `(${operand})` : operand.toString();
}
