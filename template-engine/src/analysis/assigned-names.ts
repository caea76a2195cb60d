import type { Branch, List, Operand, Pipeline } from '../syntax/ast.js';
import type { Work } from './work.js';

/** Finds which variables the body of a loop assigns to with `=`: they may change from turn to turn. */
export class AssignedNames {
  private readonly work: Work;
  private readonly known = new Map<Branch, ReadonlySet<string>>();

  constructor(work: Work) {
    this.work = work;
  }

  of(loop: Branch): ReadonlySet<string> {
    const known = this.known.get(loop);
    if (known !== undefined) return known;
    const names = new Set<string>();
    if (loop.pipeline.isAssignment) for (const { name } of loop.pipeline.variables) names.add(name);
    this.inList(loop.body, names);
    this.known.set(loop, names);
    return names;
  }

  private inList({ statements }: List, names: Set<string>): void {
    for (const statement of statements) {
      if (!this.work.charge(1)) return;
      switch (statement.kind) {
        case 'text':
        case 'break':
        case 'continue':
          break;
        case 'action':
          this.inPipeline(statement.pipeline, names);
          break;
        case 'template':
          if (statement.pipeline !== undefined) this.inPipeline(statement.pipeline, names);
          break;
        case 'if':
        case 'range':
        case 'with':
          this.inPipeline(statement.pipeline, names);
          this.inList(statement.body, names);
          if (statement.otherwise !== undefined) this.inList(statement.otherwise, names);
      }
    }
  }

  private inPipeline({ variables, isAssignment, commands }: Pipeline, names: Set<string>): void {
    if (isAssignment) for (const { name } of variables) names.add(name);
    for (const { operands } of commands) {
      for (const operand of operands) this.inOperand(operand, names);
    }
  }

  private inOperand(operand: Operand, names: Set<string>): void {
    this.work.charge(1);
    if (operand.kind === 'pipeline') this.inPipeline(operand, names);
    if (operand.kind === 'chain') this.inOperand(operand.operand, names);
  }
}
