import type { JsonObject } from './json.js';
import { DEFAULT_RENDER_LIMITS, type RenderLimits } from './limits.js';
import { decodeProgram } from './program/decode.js';
import { type MissingKey, Rendering } from './render/rendering.js';
import { Scope } from './render/scope.js';
import { StatementBuilder } from './render/statements.js';

export interface RenderOptions {
  /** What a missing key does; `error` unless given. */
  readonly missing?: MissingKey;
  readonly limits?: Partial<RenderLimits>;
}

/** A loaded template. It holds no state of its renderings. */
export interface Template {
  readonly name: string;
  /**
   * @param variables data as `JSON.parse` returns it
   * @throws {TemplateExecutionError} if the template cannot be executed, in the words of Go's text/template
   * @throws {LimitExceededError} if rendering costs more than the limits allow
   */
  render(variables: JsonObject, options?: RenderOptions): string;
}

/**
 * Loads a compiled template: checks every node, then builds its closures.
 *
 * @throws {InvalidProgramError} if the program is none that `compile` makes
 */
export function load(program: unknown): Template {
  const { name, body } = decodeProgram(program);
  const run = new StatementBuilder(new Scope()).list(body);
  const end = body.statements.at(-1);
  return {
    name,
    render(variables, options) {
      const limits =
        options?.limits === undefined
          ? DEFAULT_RENDER_LIMITS
          : { ...DEFAULT_RENDER_LIMITS, ...options.limits };
      const rendering = new Rendering(name, variables, options?.missing ?? 'error', limits);
      run(rendering, variables);
      return rendering.finish(end);
    },
  };
}
