import type { JsonObject } from '../json.js';
import { unwrap, type Value } from '../values/value.js';
import type { Code, Instruction, Op } from './instruction.js';
import { type Loop, NO_LOOP, startLoop } from './loop.js';
import type { Frame, Rendering } from './rendering.js';
import { show } from './show.js';
import { isTrue } from './truth.js';

/** Where to go on when a template that was called ends. */
interface Caller {
  readonly code: Code;
  readonly next: number;
  readonly dot: Value;
  readonly frame: Frame;
}

/**
 * Renders a template.
 *
 * One loop over flat instructions, with the output, dot and the place in the template in local variables:
 * faster than closures that call closures (`npm run bench -- engine`), and in need of no native stack for
 * calls. The cases are numbers because V8 makes a table of jumps of those; with `Op.text` and its like it
 * compares one after the other.
 */
export function run(main: Code, rendering: Rendering, data: JsonObject): string {
  let callers: Caller[] | undefined;
  let code = main;
  let { instructions } = main;
  let next = 0;
  let dot: Value = data;
  let fields = fieldsOf(data);
  let loop = NO_LOOP;
  let started: Loop | undefined;
  let out = '';
  let spent = 0;
  for (;;) {
    const instruction = instructions[next++] as Instruction;
    spent += instruction.cost;
    if (spent > rendering.steps) rendering.exceeded('steps', instruction.node);
    let value: Value;
    switch (instruction.op) {
      case 0 satisfies typeof Op.text:
        out += instruction.before;
        if (out.length > rendering.room) rendering.exceeded('outputBytes', instruction.node);
        continue;
      case 1 satisfies typeof Op.showField:
        value = fields[instruction.name] ?? instruction.evaluate(rendering, dot);
        break;
      case 2 satisfies typeof Op.showInnerField:
        value = fieldsOf(fields[instruction.name])[instruction.inner] ?? instruction.evaluate(rendering, dot);
        break;
      case 3 satisfies typeof Op.showDot:
        value = dot;
        break;
      case 4 satisfies typeof Op.show:
        value = instruction.evaluate(rendering, dot);
        break;
      case 5 satisfies typeof Op.evaluate:
        instruction.evaluate(rendering, dot);
        continue;
      case 6 satisfies typeof Op.jump:
        next = instruction.target;
        continue;
      case 7 satisfies typeof Op.jumpUnlessField:
        value = fields[instruction.name] ?? instruction.evaluate(rendering, dot);
        if (!isTrue(value, rendering, instruction.node)) next = instruction.target;
        continue;
      case 16 satisfies typeof Op.jumpUnlessInnerField:
        value = fieldsOf(fields[instruction.name])[instruction.inner] ?? instruction.evaluate(rendering, dot);
        if (!isTrue(value, rendering, instruction.node)) next = instruction.target;
        continue;
      case 17 satisfies typeof Op.jumpUnlessEqual: {
        const { name, inner, constant } = instruction;
        value = inner === '' ? fields[name] : fieldsOf(fields[name])[inner];
        // To compare texts costs no more than the constant is long, which the instruction's cost includes.
        const isEqual = typeof value === 'string' ? value === constant : instruction.evaluate(rendering, dot);
        if (isEqual !== true) next = instruction.target;
        continue;
      }
      case 8 satisfies typeof Op.jumpUnless:
        value = instruction.evaluate(rendering, dot);
        if (!isTrue(value, rendering, instruction.node)) next = instruction.target;
        continue;
      case 9 satisfies typeof Op.enterWith:
        value = instruction.evaluate(rendering, dot);
        if (!isTrue(value, rendering, instruction.node)) {
          next = instruction.target;
          continue;
        }
        rendering.frame.slots[instruction.slot] = dot;
        dot = unwrap(value);
        fields = fieldsOf(dot);
        continue;
      case 10 satisfies typeof Op.leaveWith:
        dot = rendering.frame.slots[instruction.slot] as Value;
        fields = fieldsOf(dot);
        continue;
      case 11 satisfies typeof Op.enterRange:
        value = instruction.evaluate(rendering, dot);
        started = startLoop(value, loop, dot, instruction, rendering);
        if (started === undefined) {
          next = instruction.target;
          continue;
        }
        loop = started;
        dot = takeTurn(loop, instruction, rendering);
        fields = fieldsOf(dot);
        continue;
      case 12 satisfies typeof Op.nextTurn:
        if (loop.advance()) {
          next = instruction.target;
          dot = takeTurn(loop, instruction, rendering);
          fields = fieldsOf(dot);
          continue;
        }
        dot = loop.outerDot;
        fields = fieldsOf(dot);
        loop = loop.outer;
        continue;
      case 13 satisfies typeof Op.leaveRange:
        next = instruction.target;
        dot = loop.outerDot;
        fields = fieldsOf(dot);
        loop = loop.outer;
        continue;
      case 14 satisfies typeof Op.call: {
        const { callee, node } = instruction;
        if (callee === undefined) return rendering.fail(node, `template ${instruction.name} not defined`);
        callers ??= [];
        if (callers.length >= rendering.limits.templateDepth) rendering.exceeded('templateDepth', node);
        value = unwrap(instruction.evaluate(rendering, dot));
        callers.push({ code, next, dot, frame: rendering.frame });
        rendering.enter(callee.name, value);
        code = callee;
        ({ instructions } = code);
        next = 0;
        dot = value;
        fields = fieldsOf(dot);
        continue;
      }
      case 15 satisfies typeof Op.end: {
        const caller = callers?.pop();
        if (caller === undefined) return rendering.finish(out, instruction.node);
        rendering.frame = caller.frame;
        ({ code, next, dot } = caller);
        fields = fieldsOf(dot);
        ({ instructions } = code);
        continue;
      }
    }
    const shown = typeof value === 'string' ? value : show(value, rendering, instruction.node);
    if (typeof shown !== 'string') {
      out = rendering.append(out + instruction.before, shown) + instruction.after;
    } else if (instruction.isTight) {
      out += instruction.before + shown + instruction.after;
    } else {
      out = out + instruction.before + shown + instruction.after;
    }
    if (out.length > rendering.room) rendering.exceeded('outputBytes', instruction.node);
  }
}

/** @returns the turn's element, which is dot in it */
function takeTurn(loop: Loop, instruction: Instruction, rendering: Rendering): Value {
  const element = loop.element();
  if (instruction.assignElement === undefined) return element;
  instruction.assignKey?.(rendering, loop.key(), false);
  instruction.assignElement(rendering, element, true);
  return element;
}

const NO_FIELDS: JsonObject = {};

/** @returns where to look for fields whose names no prototype answers to; null and a missing one come to the same */
function fieldsOf(value: Value): JsonObject {
  return typeof value === 'object' && value !== null ? (value as JsonObject) : NO_FIELDS;
}
