import { LimitExceededError, TemplateExecutionError } from '../errors.js';
import type { FormatLimits } from '../format/spec.js';
import type { JsonObject } from '../json.js';
import type { RenderLimits } from '../limits.js';
import type { Node } from '../syntax/ast.js';
import { type GoString, joinText } from '../values/raw-string.js';
import { utf8Length } from '../values/utf8.js';
import type { Value } from '../values/value.js';

/** What to do about a key that an object lacks; Go's `missingkey` option. */
export type MissingKey = 'error' | 'default' | 'zero';

/** Stands in a slot whose declaration has not run. */
export const UNSET = Symbol('unset');

/** So many characters that a function reads or makes count as one step. */
export const CHARACTERS_PER_STEP = 16;

/** The variables of one template on its way. */
export interface Frame {
  /** Quoted. */
  readonly templateName: string;
  /**
   * Slot 0 is `$`; the others grow as variables are declared. Between the variables stand the
   * dots that `with` keeps.
   */
  readonly slots: (Value | typeof UNSET)[];
  /** By slot: whether Go holds the value in an interface, which shows in the words of errors. */
  inInterface: boolean[] | undefined;
}

/** The state of one rendering: variables, and what is left of each limit. */
export class Rendering {
  /** Made when it is asked for: most templates have no variables. */
  private current: Frame | undefined;
  /** How long the output may still become, in UTF-16 units, of which there are never more than bytes. */
  room: number;
  /** The last node visited, where that cannot be told beforehand: after `and` and `or`. */
  last: Node | undefined;
  /** A unit of the output: to look at it made the output one text, and to keep it is why it is looked at. */
  witness = 0;
  readonly missing: MissingKey;
  readonly limits: RenderLimits;
  private readonly rootName: string;
  private readonly quotedName: string;
  private readonly data: JsonObject;
  /** What functions have left of them; those of the instructions `run` counts itself, and compares. */
  steps: number;
  /** The output up to and with the last string that was no UTF-8, if there was any. */
  private pieces: GoString[] | undefined;

  /** @param quotedName the root's name, quoted */
  constructor(
    rootName: string,
    quotedName: string,
    data: JsonObject,
    missing: MissingKey,
    limits: RenderLimits,
  ) {
    this.rootName = rootName;
    this.missing = missing;
    this.limits = limits;
    this.room = limits.outputBytes;
    this.steps = limits.steps;
    this.quotedName = quotedName;
    this.data = data;
  }

  /** Of the template that is being executed. */
  get frame(): Frame {
    this.current ??= { templateName: this.quotedName, slots: [this.data], inInterface: undefined };
    return this.current;
  }

  set frame(frame: Frame) {
    this.current = frame;
  }

  /** A template that is called sees none of the variables of its caller. */
  enter(templateName: string, dot: Value): void {
    this.frame = { templateName, slots: [dot], inInterface: undefined };
  }

  /** @returns the output with a text added. Its bytes are counted at the end. */
  append(out: string, text: GoString): string {
    if (typeof text === 'string') return out + text;
    this.pieces ??= [];
    if (out !== '') this.pieces.push(out);
    this.pieces.push(text);
    this.room -= out.length + text.bytes.length;
    return '';
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
  finish(out: string, end: Node): string {
    const { pieces } = this;
    const maximum = this.limits.outputBytes;
    const text = pieces === undefined ? out : joinText([...pieces, out]);
    if (text.length * 3 > maximum && utf8Length(text) > maximum) this.exceeded('outputBytes', end);
    // What `+` puts together is a rope of its parts until somebody looks into it. Whoever writes the text
    // would; done here, the text can be kept without its parts, and `npm run bench -- engine` times it.
    if (text !== '') this.witness = text.charCodeAt(0);
    return text;
  }

  /** What the formatter needs to know while a node is printed. */
  formatLimits(node: Node): FormatLimits {
    return {
      limits: this.limits,
      charge: (characters) => this.chargeText(characters, node),
      exceeded: (limit) => this.exceeded(limit, node),
    };
  }

  fail(node: Node, words: string): never {
    throw new TemplateExecutionError(this.message(node, words), this.rootName, node.position);
  }

  exceeded(limit: keyof RenderLimits, node: Node): never {
    const maximum = this.limits[limit];
    const words =
      limit === 'templateDepth'
        ? `exceeded maximum template depth (${maximum})`
        : `rendering exceeds the limit of ${maximum} on ${limit}`;
    throw new LimitExceededError(this.message(node, words), this.rootName, node.position, limit, maximum);
  }

  private message(node: Node, words: string): string {
    const { line, column } = node.position;
    return `template: ${this.rootName}:${line}:${column}: executing ${this.frame.templateName} at <${node}>: ${words}`;
  }
}
