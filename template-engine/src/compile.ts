import type { CompileLimits } from './limits.js';
import { PROGRAM_FORMAT, type Program } from './program.js';

export interface CompileOptions {
  /** The template's name, as error messages show it. */
  readonly name: string;
  readonly limits?: Partial<CompileLimits>;
}

export function compile(_source: string, options: CompileOptions): Program {
  return { format: PROGRAM_FORMAT, name: options.name };
}
