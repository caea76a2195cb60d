export type { TemplateVariable } from './analysis/template-variable.js';
export { type CompileOptions, compile } from './compile.js';
export {
  InvalidProgramError,
  LimitExceededError,
  SourceLimitError,
  TemplateError,
  TemplateExecutionError,
  TemplateSyntaxError,
} from './errors.js';
export {
  InvalidJsonError,
  invalidUtf8,
  type JsonObject,
  type JsonTrouble,
  type JsonValue,
  parseJson,
} from './json.js';
export {
  type CompileLimits,
  DEFAULT_COMPILE_LIMITS,
  DEFAULT_RENDER_LIMITS,
  type RenderLimits,
  renderLimits,
} from './limits.js';
export type { Position } from './position.js';
export { PROGRAM_FORMAT, type Program } from './program/program.js';
export type { MissingKey } from './render/rendering.js';
export { load, type RenderOptions, type Template } from './template.js';
