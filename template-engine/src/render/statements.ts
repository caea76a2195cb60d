import { printFloat } from '../format/float.js';
import { Formatter } from '../format/formatter.js';
import type { Action, Branch, List, Node, Statement, Text } from '../syntax/ast.js';
import { Integer } from '../values/integer.js';
import { unwrap, type Value } from '../values/value.js';
import { costOf } from './cost.js';
import { ExpressionBuilder } from './expressions.js';
import { rangeStep } from './range.js';
import type { Rendering } from './rendering.js';
import type { Scope } from './scope.js';
import { Signal, type Step } from './step.js';
import { isTrue } from './truth.js';

/** Turns lists of statements into closures. */
export class StatementBuilder {
  private readonly scope: Scope;
  private readonly expressions: ExpressionBuilder;

  constructor(scope: Scope) {
    this.scope = scope;
    this.expressions = new ExpressionBuilder(scope);
  }

  list({ statements }: List): Step {
    const [first] = statements;
    if (first === undefined) return () => Signal.next;
    const steps = statements.map((statement) => this.statement(statement));
    const cost = costOf(statements);
    return (rendering, dot) => {
      rendering.charge(cost, first);
      for (let i = 0; i < steps.length; i++) {
        const signal = (steps[i] as Step)(rendering, dot);
        if (signal !== Signal.next) return signal;
      }
      return Signal.next;
    };
  }

  private statement(node: Statement): Step {
    switch (node.kind) {
      case 'text':
        return textStep(node);
      case 'action':
        return this.action(node);
      case 'if':
      case 'with':
        return this.scope.enclosed(() => this.ifOrWith(node));
      case 'range':
        return this.scope.enclosed(() => this.range(node));
      case 'break':
        return () => Signal.break;
      case 'continue':
        return () => Signal.continue;
    }
  }

  private action(node: Action): Step {
    const { evaluate } = this.expressions.pipeline(node.pipeline);
    if (node.pipeline.variables.length > 0) {
      return (rendering, dot) => {
        evaluate(rendering, dot);
        return Signal.next;
      };
    }
    return (rendering, dot) => {
      const value = evaluate(rendering, dot);
      rendering.write(typeof value === 'string' ? value : show(value, rendering, node), node);
      return Signal.next;
    };
  }

  private ifOrWith(node: Branch): Step {
    const { evaluate } = this.expressions.pipeline(node.pipeline);
    const isWith = node.kind === 'with';
    const body = isWith ? this.withDot(false, node.body) : this.enclosedList(node.body);
    const otherwise = node.otherwise === undefined ? undefined : this.enclosedList(node.otherwise);
    return (rendering, dot) => {
      const value = evaluate(rendering, dot);
      if (isTrue(value, rendering, node)) return body(rendering, isWith ? unwrap(value) : dot);
      return otherwise === undefined ? Signal.next : otherwise(rendering, dot);
    };
  }

  private range(node: Branch): Step {
    const pipeline = this.expressions.pipeline(node.pipeline);
    const body = this.withDot(true, node.body);
    const otherwise = node.otherwise === undefined ? undefined : this.enclosedList(node.otherwise);
    return rangeStep(node, pipeline, body, otherwise);
  }

  private enclosedList(list: List): Step {
    return this.scope.enclosed(() => this.list(list));
  }

  private withDot(inInterface: boolean, list: List): Step {
    const outer = this.expressions.dotInInterface;
    this.expressions.dotInInterface = inInterface;
    const step = this.enclosedList(list);
    this.expressions.dotInInterface = outer;
    return step;
  }
}

function textStep(node: Text): Step {
  const { text } = node;
  return (rendering) => {
    rendering.write(text, node);
    return Signal.next;
  };
}

function show(value: Value, rendering: Rendering, node: Node): string {
  if (value === null || value === undefined) return '<no value>';
  // Spares a formatter where nothing can exceed its limits.
  if (value instanceof Integer) return value.text;
  if (typeof value === 'number') return printFloat(value);
  if (typeof value === 'boolean') return String(value);
  return new Formatter(rendering.formatLimits(node)).print(value);
}
