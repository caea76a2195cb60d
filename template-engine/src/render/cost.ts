import type { Action, Branch, Command, Operand, Pipeline, TemplateCall } from '../syntax/ast.js';

/** @returns how many steps a statement counts for, without the lists inside it */
export function costOf(node: Action | Branch | TemplateCall): number {
  return 1 + (node.pipeline === undefined ? 0 : costOfPipeline(node.pipeline));
}

function costOfPipeline({ commands, variables }: Pipeline): number {
  let cost = variables.length;
  for (const command of commands) cost += costOfCommand(command);
  return cost;
}

function costOfCommand({ operands }: Command): number {
  let cost = 0;
  for (const operand of operands) cost += costOfOperand(operand);
  return cost;
}

function costOfOperand(operand: Operand): number {
  switch (operand.kind) {
    case 'pipeline':
      return costOfPipeline(operand);
    case 'chain':
      return operand.fields.length + costOfOperand(operand.operand);
    case 'field':
      return operand.names.length;
    case 'variable':
      return 1 + operand.fields.length;
    case 'boolean':
    case 'dot':
    case 'identifier':
    case 'nil':
    case 'number':
    case 'string':
      return 1;
  }
}
