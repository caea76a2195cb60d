import { variablesOf } from './analysis/variables-of.js';
import { BUILTIN_NAMES } from './builtins/table.js';
import { SourceLimitError } from './errors.js';
import { quote } from './format/quote.js';
import { type CompileLimits, completeLimits, DEFAULT_COMPILE_LIMITS } from './limits.js';
import { encodeProgram } from './program/encode.js';
import type { Program } from './program/program.js';
import { parse } from './syntax/parser.js';
import { utf8Length } from './values/utf8.js';

export interface CompileOptions {
  /** The template's name, as error messages show it. */
  readonly name: string;
  readonly limits?: Partial<CompileLimits>;
}

/**
 * Compiles a template to a program, which is plain JSON: it can be stored, sent, and given to `load`.
 *
 * @throws {TemplateSyntaxError} if the source is no template, in the words of Go's text/template
 * @throws {SourceLimitError} if the source is too large or nested too deep
 * @throws {TypeError} if the source is no string: a tree in its place would be code of whoever sent it
 */
export function compile(source: string, { name, limits }: CompileOptions): Program {
  if (typeof source !== 'string') throw new TypeError('the source of a template must be a string');
  const all = completeLimits(DEFAULT_COMPILE_LIMITS, limits);
  if (source.length > all.sourceBytes || utf8Length(source) > all.sourceBytes) {
    throw new SourceLimitError(
      `template: ${name}:1: source exceeds the limit of ${all.sourceBytes} bytes`,
      name,
      { line: 1, column: 0, offset: 0, length: source.length },
      'sourceBytes',
      all.sourceBytes,
    );
  }
  const parsed = parse(source, { name, functions: BUILTIN_NAMES, limits: all });
  return encodeProgram(name, parsed, variablesOf(quote(name), parsed.body, parsed.definitions));
}
