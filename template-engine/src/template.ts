import { InvalidProgramError } from './errors.js';
import type { JsonObject } from './json.js';
import type { RenderLimits } from './limits.js';

/** What to do about a key that an object lacks; Go's `missingkey` option. */
export type MissingKey = 'error' | 'default' | 'zero';

export interface RenderOptions {
  /** `error` unless given. */
  readonly missing?: MissingKey;
  readonly limits?: Partial<RenderLimits>;
}

/** A loaded template; renders any number of times. */
export interface Template {
  readonly name: string;
  render(variables: JsonObject, options?: RenderOptions): string;
}

export function load(_program: unknown): Template {
  throw new InvalidProgramError('$', 'loading is not built yet');
}
