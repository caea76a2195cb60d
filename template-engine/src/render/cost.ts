import type { Command, Operand, Pipeline, Statement } from '../syntax/ast.js';

/** @returns how many steps one run of the statements counts for, without the lists inside them */
export function costOf(statements: readonly Statement[]): number {
  let cost = 0;
  for (const statement of statements) {
    cost += 'pipeline' in statement ? 1 + costOfPipeline(statement.pipeline) : 1;
  }
  return cost;
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
