/** Raised with every change that an older loader could misread. */
export const PROGRAM_FORMAT = 1;

/** A compiled template, plain JSON. */
export interface Program {
  readonly format: typeof PROGRAM_FORMAT;
  readonly name: string;
}
