import type { MissingKey } from '@px0/template-engine';

/** What is thrown at Go and at our engine alike. The template is called "t". */
export interface Case {
  readonly template: string;
  /** JSON of an object. As text, because Go and we have to read the same -0. */
  readonly data: string;
  readonly missing: MissingKey;
}

/**
 * - `output`: the text
 * - `parse error`, `execution error`: the whole message
 * - `limited`: one of the two did not finish by its own limits; the answers cannot be compared
 * - `panic`: something else went wrong, in Go inside text/template, with us anything that is no template error
 */
export type AnswerKind = 'output' | 'parse error' | 'execution error' | 'limited' | 'panic';

export interface Answer {
  readonly kind: AnswerKind;
  readonly text: string;
}
