import type { CompileLimits, RenderLimits } from './limits.js';
import type { Position } from './position.js';

/** What went wrong with a template, in the words of Go's text/template. */
export abstract class TemplateError extends Error {
  readonly templateName: string;
  readonly position: Position;

  constructor(message: string, templateName: string, position: Position) {
    super(message);
    this.templateName = templateName;
    this.position = position;
  }
}

/** The source is not a template: `template: NAME:LINE: …`. */
export class TemplateSyntaxError extends TemplateError {
  override readonly name: string = 'TemplateSyntaxError';
}

/** The source is larger or nested deeper than compiling allows. */
export class SourceLimitError extends TemplateSyntaxError {
  override readonly name = 'SourceLimitError';
  readonly limit: keyof CompileLimits;
  readonly maximum: number;

  constructor(
    message: string,
    templateName: string,
    position: Position,
    limit: keyof CompileLimits,
    maximum: number,
  ) {
    super(message, templateName, position);
    this.limit = limit;
    this.maximum = maximum;
  }
}

/** Rendering stopped: `template: NAME:LINE:COLUMN: executing "NAME" at <…>: …`. */
export class TemplateExecutionError extends TemplateError {
  override readonly name: string = 'TemplateExecutionError';
}

/** Rendering cost more than it may. */
export class LimitExceededError extends TemplateExecutionError {
  override readonly name = 'LimitExceededError';
  readonly limit: keyof RenderLimits;
  readonly maximum: number;

  constructor(
    message: string,
    templateName: string,
    position: Position,
    limit: keyof RenderLimits,
    maximum: number,
  ) {
    super(message, templateName, position);
    this.limit = limit;
    this.maximum = maximum;
  }
}

/** What was given to `load` is no program of this engine. */
export class InvalidProgramError extends Error {
  override readonly name = 'InvalidProgramError';
  /** Where in the program, as a JSON path: `$.body[0][2]`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`invalid template program: ${path}: ${problem}`);
    this.path = path;
  }
}
