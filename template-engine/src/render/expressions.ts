import type { Builtin, Eager, ShortCircuit } from '../builtins/builtin.js';
import { builtinOf } from '../builtins/table.js';
import type { Chain, Command, Identifier, Node, Operand, Pipeline, Variable } from '../syntax/ast.js';
import { isString } from '../values/raw-string.js';
import { Scalar } from '../values/scalar.js';
import { typeName, unwrap, type Value } from '../values/value.js';
import { eagerCall, shortCircuitCall } from './calls.js';
import { type Evaluate, type Expression, failAfter, failure } from './expression.js';
import { fieldChain, fieldOfDot } from './fields.js';
import type { Rendering } from './rendering.js';
import type { Scope } from './scope.js';
import { type Assign, assignment, declaration, variableReader } from './variables.js';

/** A pipeline as a closure. Its value is as the last command yields it: not yet unwrapped. */
interface BuiltPipeline extends Expression {
  /** Set the variables of the pipeline; evaluating it has done so once. */
  readonly assigns: readonly Assign[];
}

/** Turns pipelines and what they are made of into closures. */
export class ExpressionBuilder {
  /** Whether Go holds dot in an interface: inside a range it does. */
  dotInInterface = false;
  private readonly scope: Scope;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** The variables come into sight after the commands: `$x := $x` reads the outer one. */
  pipeline(node: Pipeline): BuiltPipeline {
    const [first, ...others] = node.commands;
    const stages = [this.command(first, node, false)];
    for (const command of others) stages.push(this.command(command, stages.at(-1)?.last, true));
    const evaluate = piped(stages);
    const last = stages.at(-1)?.last;
    const assigns = node.variables.map(({ name }) =>
      node.isAssignment ? assignment(this.scope, name, last) : declaration(this.scope, name),
    );
    if (assigns.length === 0) return { evaluate, last, assigns };
    return {
      evaluate: (rendering, dot) => {
        const value = unwrap(evaluate(rendering, dot));
        for (const assign of assigns) assign(rendering, value, false);
        return value;
      },
      last,
      assigns,
    };
  }

  /** @param before the node visited last when the command's turn comes */
  private command(node: Command, before: Node | undefined, hasFinal: boolean): Expression {
    const [first, ...args] = node.operands;
    const hasArguments = args.length > 0 || hasFinal;
    switch (first.kind) {
      case 'identifier':
        return this.call(first, node, args, hasFinal);
      case 'field':
      case 'chain':
        return this.operand(first, hasArguments);
      case 'variable':
        if (hasArguments && first.fields.length === 0) return this.variableAsFunction(first);
        return this.operand(first, hasArguments);
      case 'pipeline':
        if (hasArguments) return notAFunction(first, before);
        return this.operand(first, false);
      case 'nil':
        if (hasArguments) return notAFunction(first, first);
        return failure(first, 'nil is not a command');
      case 'dot':
      case 'boolean':
      case 'number':
      case 'string':
        if (hasArguments) return notAFunction(first, first);
        return this.operand(first, false);
    }
  }

  private operand(node: Operand, hasArguments: boolean): Expression {
    switch (node.kind) {
      case 'dot':
        return { evaluate: (_rendering, dot) => dot, last: node };
      case 'nil':
        return { evaluate: () => undefined, last: node };
      case 'boolean':
      case 'string':
        return constant(node, node.value);
      case 'number':
        if (node.value === 'overflow') return failure(node, `${node.source} overflows int`);
        return constant(node, node.value);
      case 'field': {
        const [name] = node.names;
        if (name !== undefined && node.names.length === 1 && !hasArguments) {
          return { evaluate: fieldOfDot(name, this.dotInInterface, node), last: node };
        }
        const { dotInInterface } = this;
        const dot = {
          evaluate: (_: unknown, value: Value) => value,
          inInterface: () => dotInInterface,
          last: node,
        };
        return { evaluate: fieldChain(dot, node.names, hasArguments), last: node };
      }
      case 'variable':
        return this.variable(node, hasArguments);
      case 'chain':
        return this.chain(node, hasArguments);
      case 'identifier':
        return this.call(node, node, [], false);
      case 'pipeline': {
        const { evaluate, last } = this.pipeline(node);
        return { evaluate: (rendering, dot) => unwrap(evaluate(rendering, dot)), last };
      }
    }
  }

  /** Go looks the variable up before it complains. */
  private variableAsFunction(node: Variable): Expression {
    const variable = this.variable(node, false);
    const complaint = notAFunction(node, node);
    return {
      evaluate: (rendering, dot) => {
        variable.evaluate(rendering, dot);
        return complaint.evaluate(rendering, dot);
      },
      last: node,
    };
  }

  private variable(node: Variable, hasArguments: boolean): Expression {
    const { evaluate, inInterface } = variableReader(this.scope, node);
    if (node.fields.length === 0) return { evaluate, last: node };
    const receiver = { evaluate, inInterface, last: node };
    return { evaluate: fieldChain(receiver, node.fields, hasArguments), last: node };
  }

  private chain(node: Chain, hasArguments: boolean): Expression {
    const { evaluate, last } = this.operand(node.operand, false);
    const receiver = { evaluate, inInterface: () => false, last };
    return { evaluate: fieldChain(receiver, node.fields, hasArguments), last };
  }

  private call(
    node: Identifier,
    command: Command | Identifier,
    args: readonly Operand[],
    hasFinal: boolean,
  ): Expression {
    const builtin = builtinOf(node.name);
    const words = wrongNumber(node.name, builtin, args.length, hasFinal);
    if (words !== undefined) return failure(node, words);
    return builtin.kind === 'eager'
      ? this.eager(builtin, node, command, args, hasFinal)
      : this.shortCircuit(builtin, node, args, hasFinal);
  }

  private eager(
    builtin: Eager,
    node: Identifier,
    command: Command | Identifier,
    args: readonly Operand[],
    hasFinal: boolean,
  ): Expression {
    const built = args.map((operand, i) => this.argument(builtin, operand, i));
    const call = { name: node.name, node: command };
    const evaluate = eagerCall(builtin, call, built, hasFinal);
    const last = args.length === 0 ? node : built.at(-1)?.last;
    if (!builtin.wantsString || args.length > 0) return { evaluate, last };
    return {
      evaluate: (rendering, dot, final) => {
        const words = notAString(final);
        return words === undefined ? evaluate(rendering, dot, final) : rendering.fail(node, words);
      },
      last,
    };
  }

  private argument(builtin: Eager, node: Operand, position: number): Expression {
    if (position === 0) {
      return builtin.wantsString ? this.stringArgument(node) : this.operand(node, false);
    }
    return builtin.wantsIndexes ? this.indexArgument(node) : this.operand(node, false);
  }

  /** Yields null for what an interface holds: it is no index, whatever it is. */
  private indexArgument(node: Operand): Expression {
    const { evaluate, last } = this.operand(node, false);
    const inInterface = this.interfaceTest(node);
    if (inInterface === undefined) return { evaluate, last };
    return {
      evaluate: (rendering, dot) => {
        const value = evaluate(rendering, dot);
        if (value === undefined || value instanceof Scalar) return value;
        return inInterface(rendering) ? null : value;
      },
      last,
    };
  }

  /** @returns whether Go holds the operand's value in an interface; undefined for never */
  private interfaceTest(node: Operand): ((rendering: Rendering) => boolean) | undefined {
    switch (node.kind) {
      case 'field':
      case 'chain':
        return () => true;
      case 'dot': {
        const { dotInInterface } = this;
        return () => dotInInterface;
      }
      case 'variable':
        return node.fields.length > 0 ? () => true : variableReader(this.scope, node).inInterface;
      case 'boolean':
      case 'identifier':
      case 'nil':
      case 'number':
      case 'pipeline':
      case 'string':
        return undefined;
    }
  }

  private stringArgument(node: Operand): Expression {
    if (node.kind === 'nil') return failure(node, 'cannot assign nil to string');
    if (node.kind === 'boolean' || node.kind === 'number') {
      return failure(node, `expected string; found ${node}`);
    }
    const { evaluate, last } = this.operand(node, false);
    return {
      evaluate: (rendering, dot) => {
        const value = evaluate(rendering, dot);
        const words = notAString(value);
        return words === undefined ? value : failAfter(rendering, last, words);
      },
      last,
    };
  }

  private shortCircuit(
    builtin: ShortCircuit,
    node: Identifier,
    args: readonly Operand[],
    hasFinal: boolean,
  ): Expression {
    const [first, ...others] = args;
    const certain = first === undefined ? [] : [this.operand(first, false)];
    const { built, slots } = this.scope.conditional(() => others.map((arg) => this.operand(arg, false)));
    const all = [...certain, ...built];
    const last = all.length === 0 ? node : all.length === 1 ? all[0]?.last : undefined;
    return { evaluate: shortCircuitCall(builtin, node, all, hasFinal, slots), last };
  }
}

/** A loop, not closures within closures: the source alone bounds how many stages there are. */
function piped(stages: readonly Expression[]): Evaluate {
  const [first, ...others] = stages.map((stage) => stage.evaluate);
  if (first === undefined) throw new Error('a pipeline without commands');
  if (others.length === 0) return first;
  return (rendering, dot) => {
    let value = first(rendering, dot);
    for (const evaluate of others) value = evaluate(rendering, dot, unwrap(value));
    return value;
  };
}

function constant(node: Operand, value: Value): Expression {
  return { evaluate: () => value, last: node };
}

function notAFunction(operand: Operand, last: Node | undefined): Expression {
  return {
    evaluate: (rendering) => failAfter(rendering, last, `can't give argument to non-function ${operand}`),
    last,
  };
}

/** Go's check that a value can be passed where a string is wanted. */
function notAString(value: Value): string | undefined {
  if (isString(value)) return undefined;
  if (value === undefined) return 'invalid value; expected string';
  return `wrong type for value; expected string; got ${typeName(value)}`;
}

function wrongNumber(name: string, builtin: Builtin, written: number, hasFinal: boolean): string | undefined {
  const [least, most] =
    builtin.kind === 'eager' ? [builtin.least, builtin.most] : [1, Number.POSITIVE_INFINITY];
  const given = written + (hasFinal ? 1 : 0);
  if (given >= least && given <= most) return undefined;
  // For variadic functions Go does not count the value that comes through the pipe.
  return least === most
    ? `wrong number of args for ${name}: want ${least} got ${given}`
    : `wrong number of args for ${name}: want at least ${least} got ${written}`;
}
