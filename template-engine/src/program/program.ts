import type { TemplateVariable } from '../analysis/template-variable.js';

/**
 * The compiled form of a template: its tree as plain JSON. A node is a list that starts with its
 * opcode and its position; what follows is said beside the opcode. Literals stand as they are written
 * in the source, and are read again when the program is loaded, so that no program can hold a value
 * that does not match its text.
 */

/** Raised with every change that an older loader could misread. */
export const PROGRAM_FORMAT = 2;

export interface Program {
  readonly format: typeof PROGRAM_FORMAT;
  readonly name: string;
  readonly body: ListCode;
  /** The templates that the source defines, in the order of their appearance. */
  readonly definitions: readonly DefinitionCode[];
  /** What the template reads of its data, for those who want to know; rendering does not look at it. */
  readonly variables: readonly TemplateVariable[];
}

/** The template's name, quoted as Go quotes it, and its body. */
type DefinitionCode = readonly [string, ListCode];

export const Op = {
  // Statements
  text: 0, // text
  action: 1, // pipeline
  if: 2, // pipeline, body, otherwise or null
  range: 3, // the same
  with: 4, // the same
  break: 5,
  continue: 6,
  template: 7, // quoted name, pipeline or null
  // Operands
  field: 10, // names
  variable: 11, // name with its dollar sign, fields
  chain: 12, // identifier or pipeline, fields
  identifier: 13, // name
  dot: 14,
  nil: 15,
  boolean: 16, // value
  number: 17, // source
  string: 18, // source
  pipeline: 19, // variables, whether it assigns, commands
  // What a pipeline is made of
  command: 30, // operands
} as const;
export type Op = (typeof Op)[keyof typeof Op];

/** line, column, offset, length: see Position. */
export type PositionCode = readonly [number, number, number, number];
export type ListCode = readonly StatementCode[];

type BranchCode = readonly [
  typeof Op.if | typeof Op.range | typeof Op.with,
  PositionCode,
  PipelineCode,
  ListCode,
  ListCode | null,
];
export type StatementCode =
  | readonly [typeof Op.text, PositionCode, string]
  | readonly [typeof Op.action, PositionCode, PipelineCode]
  | BranchCode
  | readonly [typeof Op.break | typeof Op.continue, PositionCode]
  | readonly [typeof Op.template, PositionCode, string, PipelineCode | null];

export type VariableCode = readonly [typeof Op.variable, PositionCode, string, readonly string[]];
export type IdentifierCode = readonly [typeof Op.identifier, PositionCode, string];
export type PipelineCode = readonly [
  typeof Op.pipeline,
  PositionCode,
  readonly VariableCode[],
  boolean,
  readonly CommandCode[],
];
export type OperandCode =
  | readonly [typeof Op.field, PositionCode, readonly string[]]
  | VariableCode
  | readonly [typeof Op.chain, PositionCode, IdentifierCode | PipelineCode, readonly string[]]
  | IdentifierCode
  | readonly [typeof Op.dot | typeof Op.nil, PositionCode]
  | readonly [typeof Op.boolean, PositionCode, boolean]
  | readonly [typeof Op.number | typeof Op.string, PositionCode, string]
  | PipelineCode;
export type CommandCode = readonly [typeof Op.command, PositionCode, readonly OperandCode[]];
