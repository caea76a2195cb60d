import type { TemplateVariable } from '../analysis/template-variable.js';
import type { Position } from '../position.js';
import type {
  Chain,
  Command,
  Identifier,
  List,
  Operand,
  Pipeline,
  Statement,
  Variable,
} from '../syntax/ast.js';
import type { ParsedTemplate } from '../syntax/parser.js';
import {
  type CommandCode,
  type IdentifierCode,
  type ListCode,
  Op,
  type OperandCode,
  type PipelineCode,
  type PositionCode,
  PROGRAM_FORMAT,
  type Program,
  type StatementCode,
  type VariableCode,
} from './program.js';

export function encodeProgram(
  name: string,
  { body, definitions }: ParsedTemplate,
  variables: readonly TemplateVariable[],
): Program {
  return {
    format: PROGRAM_FORMAT,
    name,
    body: encodeList(body),
    definitions: [...definitions].map(([defined, list]) => [defined, encodeList(list)]),
    variables,
  };
}

function encodeList({ statements }: List): ListCode {
  return statements.map(encodeStatement);
}

function encodeStatement(node: Statement): StatementCode {
  const position = encodePosition(node.position);
  switch (node.kind) {
    case 'text':
      return [Op.text, position, node.text];
    case 'action':
      return [Op.action, position, encodePipeline(node.pipeline)];
    case 'if':
    case 'range':
    case 'with': {
      const otherwise = node.otherwise === undefined ? null : encodeList(node.otherwise);
      return [Op[node.kind], position, encodePipeline(node.pipeline), encodeList(node.body), otherwise];
    }
    case 'break':
    case 'continue':
      return [Op[node.kind], position];
    case 'template': {
      const pipeline = node.pipeline === undefined ? null : encodePipeline(node.pipeline);
      return [Op.template, position, node.name, pipeline];
    }
  }
}

function encodePipeline({ position, variables, isAssignment, commands }: Pipeline): PipelineCode {
  return [
    Op.pipeline,
    encodePosition(position),
    variables.map(encodeVariable),
    isAssignment,
    commands.map(encodeCommand),
  ];
}

function encodeCommand({ position, operands }: Command): CommandCode {
  return [Op.command, encodePosition(position), operands.map(encodeOperand)];
}

function encodeOperand(node: Operand): OperandCode {
  switch (node.kind) {
    case 'field':
      return [Op.field, encodePosition(node.position), node.names];
    case 'variable':
      return encodeVariable(node);
    case 'chain':
      return [Op.chain, encodePosition(node.position), encodeChained(node), node.fields];
    case 'identifier':
      return encodeIdentifier(node);
    case 'dot':
    case 'nil':
      return [Op[node.kind], encodePosition(node.position)];
    case 'boolean':
      return [Op.boolean, encodePosition(node.position), node.value];
    case 'number':
    case 'string':
      return [Op[node.kind], encodePosition(node.position), node.source];
    case 'pipeline':
      return encodePipeline(node);
  }
}

function encodeVariable({ position, name, fields }: Variable): VariableCode {
  return [Op.variable, encodePosition(position), name, fields];
}

function encodeChained({ operand }: Chain): IdentifierCode | PipelineCode {
  return operand.kind === 'pipeline' ? encodePipeline(operand) : encodeIdentifier(operand);
}

function encodeIdentifier({ position, name }: Identifier): IdentifierCode {
  return [Op.identifier, encodePosition(position), name];
}

let latest: Position | undefined;
let latestCode: PositionCode = [1, 0, 0, 0];

/** Nodes with one position follow each other. They share its code: positions are half of a program. */
function encodePosition(position: Position): PositionCode {
  if (position !== latest) {
    const { line, column, offset, length } = position;
    latest = position;
    latestCode = [line, column, offset, length];
  }
  return latestCode;
}
