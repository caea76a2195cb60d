import { decodeVariables } from '../analysis/decode-variables.js';
import type { TemplateVariable } from '../analysis/template-variable.js';
import { BUILTIN_NAMES } from '../builtins/table.js';
import { InvalidProgramError } from '../errors.js';
import { quote } from '../format/quote.js';
import { DEFAULT_COMPILE_LIMITS } from '../limits.js';
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
  TemplateCall,
  Text,
  Variable,
} from '../syntax/ast.js';
import { isAlphaNumericOnly } from '../syntax/characters.js';
import { parseNumber } from '../syntax/number-literal.js';
import type { ParsedTemplate } from '../syntax/parser.js';
import { type Literal, parseString } from '../syntax/string-literal.js';
import { type NodeParts, none, one, Part, three, two } from './part.js';
import { Op, PROGRAM_FORMAT } from './program.js';

/** Deeper programs would exhaust the stack of whoever walks them. The parser counts the same way. */
const MAX_NESTING = DEFAULT_COMPILE_LIMITS.nesting;

/** Where a node stands among the others. */
interface Surroundings {
  readonly nesting: number;
  readonly isInRange: boolean;
}

const OUTERMOST: Surroundings = { nesting: 0, isInRange: false };

function deeper(around: Surroundings, part: Part): Surroundings {
  if (around.nesting >= MAX_NESTING) part.fail(`is nested deeper than ${MAX_NESTING}`);
  return { nesting: around.nesting + 1, isInRange: around.isInRange };
}

interface DecodedProgram extends ParsedTemplate {
  readonly name: string;
  readonly variables: readonly TemplateVariable[];
}

/**
 * Reads a program back, and checks every node of it.
 *
 * @throws {InvalidProgramError} for anything that compiling does not produce
 */
export function decodeProgram(program: unknown): DecodedProgram {
  const root = new Part(program, '$');
  if (typeof program !== 'object' || program === null || Array.isArray(program)) {
    return root.fail('must be an object');
  }
  const { format, name, body, definitions, variables, ...others } = program as Readonly<
    Record<string, unknown>
  >;
  if (format !== PROGRAM_FORMAT) new Part(format, 'format', root).fail(`must be ${PROGRAM_FORMAT}`);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) new Part(undefined, unknown, root).fail('is not known');
  return {
    name: new Part(name, 'name', root).string(),
    body: decodeList(new Part(body, 'body', root), OUTERMOST),
    definitions: decodeDefinitions(new Part(definitions, 'definitions', root)),
    variables: decodeVariables(variables, (path, problem) => {
      throw new InvalidProgramError(`$.variables${path}`, problem);
    }),
  };
}

function decodeDefinitions(part: Part): ReadonlyMap<string, List> {
  const definitions = new Map<string, List>();
  for (const item of part.list()) {
    const [name, body, ...others] = item.list();
    if (name === undefined || body === undefined || others.length > 0) {
      return item.fail('must have 2 elements');
    }
    const key = decodeTemplateName(name);
    if (definitions.has(key)) name.fail('is defined twice');
    definitions.set(key, decodeList(body, OUTERMOST));
  }
  return definitions;
}

function decodeTemplateName(part: Part): string {
  const name = part.string();
  const literal = name.startsWith('"') ? parseString(name) : undefined;
  const isCanonical = literal !== undefined && 'value' in literal && quote(literal.value) === name;
  return isCanonical ? name : part.fail('must be a quoted name');
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
      return new Action(position, decodePipeline(one(node).node(), around, 1));
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
    case Op.template: {
      const [name, pipeline] = two(node);
      const passed = pipeline.value === null ? undefined : decodePipeline(pipeline.node(), around, 1);
      return new TemplateCall(position, decodeTemplateName(name), passed);
    }
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
    decodePipeline(pipeline.node(), inside, kind === 'range' ? 2 : 1),
    decodeList(body, kind === 'range' ? { ...inside, isInRange: true } : inside),
    otherwise.value === null ? undefined : decodeList(otherwise, inside),
  );
}

function decodePipeline(node: NodeParts, around: Surroundings, maxVariables: number): Pipeline {
  if (node.op !== Op.pipeline) node.part.fail('must be a pipeline');
  const [variables, isAssignment, commands] = three(node);
  const declared = variables.list().map(decodeDeclared);
  if (declared.length > maxVariables) variables.fail('has too many variables');
  const decoded = commands.list().map((command) => decodeCommand(command, around));
  if (!isSome(decoded)) return commands.fail('must not be empty');
  return new Pipeline(node.position, declared, isAssignment.boolean(), decoded);
}

function decodeDeclared(part: Part): Variable {
  const variable = decodeVariable(part.node());
  return variable.fields.length === 0 ? variable : part.fail('must be a variable without fields');
}

function decodeCommand(part: Part, around: Surroundings): Command {
  const node = part.node();
  if (node.op !== Op.command) part.fail('must be a command');
  const operands = one(node);
  const decoded = operands.list().map((operand) => decodeOperand(operand, around));
  return isSome(decoded) ? new Command(node.position, decoded) : operands.fail('must not be empty');
}

function isSome<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}

function decodeOperand(part: Part, around: Surroundings): Operand {
  const node = part.node();
  const { op, position } = node;
  switch (op) {
    case Op.field:
      return new Field(position, someNames(one(node)));
    case Op.variable:
      return decodeVariable(node);
    case Op.chain: {
      const [inner, fields] = two(node);
      return new Chain(position, decodeChained(inner, around), someNames(fields));
    }
    case Op.identifier:
      return decodeIdentifier(node);
    case Op.dot:
      none(node);
      return new Dot(position);
    case Op.nil:
      none(node);
      return new Nil(position);
    case Op.boolean:
      return new BooleanLiteral(position, one(node).boolean());
    case Op.number: {
      const part = one(node);
      const source = part.string();
      return new NumberLiteral(position, source, literalOf(parseNumber(source), part));
    }
    case Op.string: {
      const part = one(node);
      const source = part.string();
      return new StringLiteral(position, source, literalOf(parseString(source), part));
    }
    case Op.pipeline:
      return decodePipeline(node, deeper(around, part), 1);
    default:
      return part.fail('must be an operand');
  }
}

/** Not any operand: chains of chains would nest without end. */
function decodeChained(part: Part, around: Surroundings): Identifier | Pipeline {
  const node = part.node();
  switch (node.op) {
    case Op.identifier:
      return decodeIdentifier(node);
    case Op.pipeline:
      return decodePipeline(node, deeper(around, part), 1);
    default:
      return part.fail('must be an identifier or a pipeline');
  }
}

function decodeIdentifier(node: NodeParts): Identifier {
  const part = one(node);
  const name = part.string();
  if (!BUILTIN_NAMES.has(name)) part.fail('must be the name of a function');
  return new Identifier(node.position, name);
}

const isVariableName = (text: string): boolean => text.startsWith('$') && isAlphaNumericOnly(text.slice(1));

function decodeVariable(node: NodeParts): Variable {
  if (node.op !== Op.variable) node.part.fail('must be a variable');
  const [name, fields] = two(node);
  return new Variable(node.position, name.name(isVariableName), fields.names());
}

function someNames(part: Part): string[] {
  const names = part.names();
  return names.length > 0 ? names : part.fail('must not be empty');
}

function literalOf<T>(literal: Literal<T>, part: Part): T {
  return 'problem' in literal ? part.fail(literal.problem) : literal.value;
}
