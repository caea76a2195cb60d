import {
  type Action,
  type Branch,
  type List,
  type Node,
  type Operand,
  type Pipeline,
  type Statement,
  type TemplateCall,
  Text,
} from '../syntax/ast.js';
import { costOf } from './cost.js';
import { ExpressionBuilder } from './expressions.js';
import { isInherited } from './fields.js';
import { type Code, Instruction, Op } from './instruction.js';
import { CHARACTERS_PER_STEP } from './rendering.js';
import { Scope } from './scope.js';

/** Texts of fewer characters than this are put together with the value between them first. */
const TIGHT = 6;

/** @returns the code of a template; what it calls is in it */
export function assembleAll(name: string, body: List, definitions: ReadonlyMap<string, List>): Code {
  const codes = new Map<string, { name: string; instructions: readonly Instruction[] }>();
  for (const defined of [name, ...definitions.keys()])
    codes.set(defined, { name: defined, instructions: [] });
  const assemble = (defined: string, list: List): Code => {
    const code = codes.get(defined);
    if (code === undefined) throw new Error(`${defined} was not announced`);
    code.instructions = new Assembler((called) => codes.get(called)).assemble(list);
    return code;
  };
  for (const [defined, list] of definitions) assemble(defined, list);
  return assemble(name, body);
}

/** The range around a statement, and the jumps out of it, which do not know yet where to. */
interface RangeAround {
  /** In its else list `break` leaves it too, as in Go, and there is no loop to end. */
  readonly isLooping: boolean;
  readonly breaks: Instruction[];
  readonly continues: Instruction[];
  /** How many `with` stand around it. */
  readonly withs: number;
}

/** Makes the lists of statements of one template flat. */
class Assembler {
  private readonly instructions: Instruction[] = [];
  private readonly scope = new Scope();
  private readonly expressions = new ExpressionBuilder(this.scope);
  private readonly codeOf: (name: string) => Code | undefined;
  /** The instruction just made, if it is a text, or may write a text that follows. */
  private open: Instruction | undefined;
  private range: RangeAround | undefined;
  /** Slots of the `with` around the statement at hand. */
  private readonly withs: number[] = [];

  /** @param codeOf the code of a template by its quoted name; it may still be without instructions */
  constructor(codeOf: (name: string) => Code | undefined) {
    this.codeOf = codeOf;
  }

  assemble(body: List): readonly Instruction[] {
    this.list(body);
    const last = body.statements.at(-1) ?? new Text({ line: 1, column: 0, offset: 0, length: 0 }, '');
    this.emit(new Instruction(Op.end, last, 0));
    return this.instructions;
  }

  private emit(instruction: Instruction): Instruction {
    this.instructions.push(instruction);
    this.open = undefined;
    return instruction;
  }

  /** @returns where the next instruction will stand; no text is written by the one before it then */
  private label(): number {
    this.open = undefined;
    return this.instructions.length;
  }

  private list({ statements }: List): void {
    for (const statement of statements) this.statement(statement);
  }

  private enclosedList(list: List): void {
    this.scope.enclosed(() => this.list(list));
  }

  private statement(node: Statement): void {
    switch (node.kind) {
      case 'text':
        this.text(node.text, node);
        break;
      case 'action':
        this.action(node);
        break;
      case 'if':
      case 'with':
        this.scope.enclosed(() => this.ifOrWith(node));
        break;
      case 'range':
        this.scope.enclosed(() => this.rangeOver(node));
        break;
      case 'break':
      case 'continue':
        this.jump(node.kind, node);
        break;
      case 'template':
        this.call(node);
        break;
    }
  }

  private text(text: string, node: Node): void {
    const { open } = this;
    if (open === undefined) {
      this.open = this.emit(new Instruction(Op.text, node, 1));
      this.open.before = text;
    } else if (open.op === Op.text) {
      open.before += text;
      open.cost += 1;
    } else {
      open.after = text;
      open.isTight &&= text.length < TIGHT;
      open.cost += 1;
      this.open = undefined;
    }
  }

  private action(node: Action): void {
    const { pipeline } = node;
    const { evaluate } = this.expressions.pipeline(pipeline);
    if (pipeline.variables.length > 0) {
      this.emit(new Instruction(Op.evaluate, node, costOf(node), evaluate));
      return;
    }
    const before = this.takeText();
    const fields = plainFields(pipeline);
    const instruction = new Instruction(showOp(pipeline, fields), node, costOf(node), evaluate);
    instruction.name = fields[0] ?? '';
    instruction.inner = fields[1] ?? '';
    if (before !== undefined) {
      instruction.before = before.before;
      instruction.isTight = before.before.length < TIGHT;
      instruction.cost += before.cost;
    }
    this.open = this.emit(instruction);
  }

  /** @returns the text just written by an instruction of its own, which is gone then */
  private takeText(): Instruction | undefined {
    const { open } = this;
    if (open?.op !== Op.text) return undefined;
    this.instructions.pop();
    return open;
  }

  private ifOrWith(node: Branch): void {
    const { evaluate } = this.expressions.pipeline(node.pipeline);
    const isWith = node.kind === 'with';
    const start = isWith ? this.enterWith(node, evaluate) : this.test(node, evaluate);
    if (isWith) {
      this.withs.push(start.slot);
      this.withDot(false, node.body);
      this.withs.pop();
      this.emit(new Instruction(Op.leaveWith, node, 0)).slot = start.slot;
    } else {
      this.enclosedList(node.body);
    }
    if (node.otherwise === undefined) {
      start.target = this.label();
      return;
    }
    const skip = this.emit(new Instruction(Op.jump, node, 0));
    start.target = this.label();
    this.enclosedList(node.otherwise);
    skip.target = this.label();
  }

  private enterWith(node: Branch, evaluate: Instruction['evaluate']): Instruction {
    const start = this.emit(new Instruction(Op.enterWith, node, costOf(node), evaluate));
    start.slot = this.scope.reserve();
    return start;
  }

  private test(node: Branch, evaluate: Instruction['evaluate']): Instruction {
    const { pipeline } = node;
    const compared = comparedWithText(pipeline);
    const fields = compared === undefined ? plainFields(pipeline) : compared.fields;
    const op = compared === undefined ? testOp(fields) : Op.jumpUnlessEqual;
    const cost = costOf(node) + Math.floor((compared?.text.length ?? 0) / CHARACTERS_PER_STEP);
    const start = this.emit(new Instruction(op, node, cost, evaluate));
    start.name = fields[0] ?? '';
    start.inner = fields[1] ?? '';
    start.constant = compared?.text ?? '';
    return start;
  }

  private rangeOver(node: Branch): void {
    const { evaluate, assigns, last } = this.expressions.pipeline(node.pipeline);
    const start = this.emit(new Instruction(Op.enterRange, node, costOf(node), evaluate));
    const next = new Instruction(Op.nextTurn, node, 1);
    for (const instruction of [start, next]) {
      instruction.assignElement = assigns.at(-1);
      instruction.assignKey = assigns.length > 1 ? assigns[0] : undefined;
      instruction.last = last;
    }
    next.target = this.label();
    const breaks: Instruction[] = [];
    const continues: Instruction[] = [];
    const outer = this.range;
    const withs = this.withs.length;
    this.range = { isLooping: true, breaks, continues, withs };
    this.withDot(true, node.body);
    const end = this.label();
    for (const jump of continues) jump.target = end;
    this.emit(next);
    if (node.otherwise === undefined) {
      start.target = this.label();
    } else {
      breaks.push(this.emit(new Instruction(Op.jump, node, 0)));
      start.target = this.label();
      this.range = outer && { isLooping: false, breaks, continues: outer.continues, withs };
      this.enclosedList(node.otherwise);
    }
    this.range = outer;
    const after = this.label();
    for (const jump of breaks) jump.target = after;
  }

  private jump(kind: 'break' | 'continue', node: Node): void {
    const { range } = this;
    if (range === undefined) throw new Error(`${kind} outside a range`);
    if (kind === 'continue') {
      range.continues.push(this.emit(new Instruction(Op.jump, node, 1)));
      return;
    }
    if (range.isLooping) {
      range.breaks.push(this.emit(new Instruction(Op.leaveRange, node, 1)));
      return;
    }
    const outermostWith = this.withs[range.withs];
    if (outermostWith !== undefined) {
      this.emit(new Instruction(Op.leaveWith, node, 0)).slot = outermostWith;
    }
    range.breaks.push(this.emit(new Instruction(Op.jump, node, 1)));
  }

  private call(node: TemplateCall): void {
    const pipeline = node.pipeline === undefined ? undefined : this.expressions.pipeline(node.pipeline);
    const instruction = this.emit(new Instruction(Op.call, node, costOf(node), pipeline?.evaluate));
    instruction.callee = this.codeOf(node.name);
    instruction.name = node.name;
  }

  private withDot(inInterface: boolean, list: List): void {
    const outer = this.expressions.dotInInterface;
    this.expressions.dotInInterface = inInterface;
    this.enclosedList(list);
    this.expressions.dotInInterface = outer;
  }
}

/** @returns the names, if the pipeline is a chain of fields of dot that no prototype answers to */
function plainFields({ variables, commands }: Pipeline): readonly string[] {
  const [{ operands }] = commands;
  const isSingle = variables.length === 0 && commands.length === 1 && operands.length === 1;
  return isSingle ? plainNames(operands[0]) : [];
}

/** @returns the two sides, if the pipeline is `eq .name "text"`, or with the field of a field */
function comparedWithText({
  variables,
  commands,
}: Pipeline): { fields: readonly string[]; text: string } | undefined {
  const [{ operands }] = commands;
  const [operation, left, right, ...others] = operands;
  if (variables.length > 0 || commands.length > 1 || others.length > 0) return undefined;
  if (operation.kind !== 'identifier' || operation.name !== 'eq') return undefined;
  if (left === undefined || right?.kind !== 'string' || typeof right.value !== 'string') return undefined;
  const fields = plainNames(left);
  return fields.length === 1 || fields.length === 2 ? { fields, text: right.value } : undefined;
}

function plainNames(operand: Operand): readonly string[] {
  if (operand.kind !== 'field' || operand.names.some(isInherited)) return [];
  return operand.names.map(internalized);
}

function testOp({ length }: readonly string[]): Op {
  if (length === 1) return Op.jumpUnlessField;
  return length === 2 ? Op.jumpUnlessInnerField : Op.jumpUnless;
}

function showOp({ commands }: Pipeline, { length }: readonly string[]): Op {
  if (length === 1) return Op.showField;
  if (length === 2) return Op.showInnerField;
  const [{ operands }] = commands;
  return commands.length === 1 && operands.length === 1 && operands[0].kind === 'dot' ? Op.showDot : Op.show;
}

/** @returns the same text, as the one copy by which V8 looks up keys without hashing it (`npm run bench -- engine`) */
function internalized(name: string): string {
  return Object.keys({ [name]: 0 })[0] ?? name;
}
