/** What a template reads of its data at one path, and what for. */
export interface TemplateVariable {
  readonly path: string;
  readonly printed: boolean;
  readonly tested: boolean;
  readonly ranged: boolean;
  readonly compared: boolean;
  readonly optional: boolean;
}

/** Paths that one template's list holds, at most. */
export const MAX_VARIABLES = 1_000;
