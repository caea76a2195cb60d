import type { TemplateVariable } from './analysis/template-variable.js';
import { quote } from './format/quote.js';
import type { JsonObject } from './json.js';
import { limitsOfRendering, type RenderLimits } from './limits.js';
import { decodeProgram } from './program/decode.js';
import { assembleAll } from './render/assembler.js';
import { type MissingKey, Rendering } from './render/rendering.js';
import { run } from './render/run.js';

export interface RenderOptions {
  /** What a missing key does; `error` unless given. */
  readonly missing?: MissingKey;
  readonly limits?: Partial<RenderLimits>;
}

/** A loaded template. It holds no state of its renderings. */
export interface Template {
  readonly name: string;
  /** What the template reads of its data. */
  readonly variables: readonly TemplateVariable[];
  /**
   * @param data as `JSON.parse` returns it
   * @throws {TemplateExecutionError} if the template cannot be executed, in the words of Go's text/template
   * @throws {LimitExceededError} if rendering costs more than the limits allow
   */
  render(data: JsonObject, options?: RenderOptions): string;
}

/**
 * Loads a compiled template: checks every node, then makes its instructions.
 *
 * @throws {InvalidProgramError} if the program is none that `compile` makes
 */
export function load(program: unknown): Template {
  const { name, body, definitions, variables } = decodeProgram(program);
  const main = assembleAll(quote(name), body, definitions);
  return {
    name,
    variables,
    render(data, options) {
      const limits = limitsOfRendering(options?.limits);
      return run(main, new Rendering(name, main.name, data, options?.missing ?? 'error', limits), data);
    },
  };
}
