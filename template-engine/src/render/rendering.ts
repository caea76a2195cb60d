import { LimitExceededError, TemplateExecutionError } from '../errors.js';
import { quote } from '../format/quote.js';
import type { FormatLimits } from '../format/spec.js';
import type { JsonObject } from '../json.js';
import type { RenderLimits } from '../limits.js';
import type { Node } from '../syntax/ast.js';
import { utf8Length } from '../values/utf8.js';
import type { Value } from '../values/value.js';

/** What to do about a key that an object lacks; Go's `missingkey` option. */
export type MissingKey = 'error' | 'default' | 'zero';

/** Stands in a slot whose declaration has not run. */
export const UNSET = Symbol('unset');

/** So many characters that a function reads or makes count as one step. */
const CHARACTERS_PER_STEP = 16;

/** The state of one rendering: output, variables, and what is left of each limit. */
export class Rendering {
  out = '';
  /** By slot; slot 0 is `$`. They grow as variables are declared. */
  readonly variables: (Value | typeof UNSET)[];
  /** By slot: whether Go holds the value in an interface, which shows in the words of errors. */
  readonly inInterface: boolean[] = [];
  /** The last node visited, where that cannot be told beforehand: after `and` and `or`. */
  last: Node | undefined;
  readonly missing: MissingKey;
  readonly limits: RenderLimits;
  private readonly templateName: string;
  private readonly maxOutput: number;
  private steps: number;

  constructor(templateName: string, data: JsonObject, missing: MissingKey, limits: RenderLimits) {
    this.templateName = templateName;
    this.missing = missing;
    this.limits = limits;
    this.maxOutput = limits.outputBytes;
    this.steps = limits.steps;
    this.variables = [data];
  }

  /** Adds to the output. Its bytes are counted at the end: there are never fewer of them than units. */
  write(text: string, node: Node): void {
    const out = this.out + text;
    if (out.length > this.maxOutput) this.exceeded('outputBytes', node);
    this.out = out;
  }

  charge(steps: number, node: Node): void {
    this.steps -= steps;
    if (this.steps < 0) this.exceeded('steps', node);
  }

  /** Charges work that grows with the length of a text. */
  chargeText(characters: number, node: Node): void {
    if (characters >= CHARACTERS_PER_STEP) this.charge(Math.floor(characters / CHARACTERS_PER_STEP), node);
  }

  /** @param end the node to blame if the output turns out too large */
  finish(end: Node | undefined): string {
    const { out, maxOutput } = this;
    if (end !== undefined && out.length * 3 > maxOutput && utf8Length(out) > maxOutput) {
      this.exceeded('outputBytes', end);
    }
    return out;
  }

  /** What the formatter needs to know while a node is printed. */
  formatLimits(node: Node): FormatLimits {
    return { limits: this.limits, exceeded: (limit) => this.exceeded(limit, node) };
  }

  fail(node: Node, words: string): never {
    throw new TemplateExecutionError(this.message(node, words), this.templateName, node.position);
  }

  private exceeded(limit: keyof RenderLimits, node: Node): never {
    const maximum = this.limits[limit];
    const message = this.message(node, `rendering exceeds the limit of ${maximum} on ${limit}`);
    throw new LimitExceededError(message, this.templateName, node.position, limit, maximum);
  }

  private message(node: Node, words: string): string {
    const { line, column } = node.position;
    const name = this.templateName;
    return `template: ${name}:${line}:${column}: executing ${quote(name)} at <${node}>: ${words}`;
  }
}
