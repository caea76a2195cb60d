import type { TemplateName } from './templates/all.js';

/**
 * Words between the bench and the process of an engine: one JSON text a line, on standard input and
 * output, each question answered in turn. Go's process (`go/main.go`) speaks the same.
 */
export interface Source {
  readonly source: string;
  /** JSON text. */
  readonly data: string;
}

/** A question, and beside it, under `answer`, what the answer to it holds. */
export interface Questions {
  /** Prepares templates, and renders each of them once. */
  readonly prepare: {
    readonly ask: { readonly templates: Readonly<Record<string, Source>> };
    readonly answer: { readonly version: string; readonly outputs: Readonly<Record<string, string>> };
  };
  /** Renders one of them over and over for a while. */
  readonly time: {
    readonly ask: { readonly template: TemplateName; readonly milliseconds: number };
    readonly answer: { readonly nanoseconds: number };
  };
  /** Prepares one template and renders it, for the first time in this process. */
  readonly first: {
    readonly ask: Source;
    readonly answer: { readonly nanoseconds: number };
  };
  /** Compiles and loads one template over and over for a while. Only px0 is asked. */
  readonly compile: {
    readonly ask: { readonly source: string; readonly milliseconds: number };
    readonly answer: CompileTimes;
  };
}

/** Medians, in nanoseconds. */
export interface CompileTimes {
  /** From source to program. */
  readonly compile: number;
  /** From program to what renders. */
  readonly load: number;
}

export type Kind = keyof Questions;

export type Question = { [K in Kind]: { readonly kind: K } & Questions[K]['ask'] }[Kind];
