/** What a template's source may cost. */
export interface CompileLimits {
  /** Size of the source, in UTF-8 bytes. Programs of much more than the default can be compiled, but not loaded. */
  readonly sourceBytes: number;
  /**
   * How deep control structures and parentheses may stand in each other, counted together; every
   * `else if` is one deeper. No more than the default, on any stack.
   */
  readonly nesting: number;
}

/** What one rendering may cost. */
export interface RenderLimits {
  /** Program nodes executed; work that grows with the data counts as further steps. */
  readonly steps: number;
  /**
   * Size of the output, in UTF-8 bytes. No text that a function makes on the way may be longer either,
   * counted in UTF-16 units, or in bytes if it is not UTF-8.
   */
  readonly outputBytes: number;
  /** How deep the arrays and objects of one printed value may nest. No more than the default, on any stack. */
  readonly valueDepth: number;
  /** How deep templates may call each other. The default is Go's limit. */
  readonly templateDepth: number;
  /** Width of one printf verb, in characters. */
  readonly printfWidth: number;
  /** Precision of one printf verb, in digits or characters. */
  readonly printfPrecision: number;
}

export const DEFAULT_COMPILE_LIMITS: CompileLimits = {
  sourceBytes: 256 * 1024,
  nesting: 200,
};

export const DEFAULT_RENDER_LIMITS: RenderLimits = {
  steps: 1_000_000,
  outputBytes: 1024 * 1024,
  valueDepth: 1_000,
  templateDepth: 100_000,
  printfWidth: 10_000,
  printfPrecision: 10_000,
};

/** Limits that need no check any more. */
class CheckedRenderLimits implements RenderLimits {
  readonly steps: number;
  readonly outputBytes: number;
  readonly valueDepth: number;
  readonly templateDepth: number;
  readonly printfWidth: number;
  readonly printfPrecision: number;
  /** Only what was made here has it. */
  readonly #checked = true;

  constructor(limits: RenderLimits) {
    this.steps = limits.steps;
    this.outputBytes = limits.outputBytes;
    this.valueDepth = limits.valueDepth;
    this.templateDepth = limits.templateDepth;
    this.printfWidth = limits.printfWidth;
    this.printfPrecision = limits.printfPrecision;
    Object.freeze(this);
  }

  static is(limits: Partial<RenderLimits>): limits is CheckedRenderLimits {
    return #checked in limits;
  }
}

/**
 * Limits for many renderings, checked once: to render with what this returns costs nothing more.
 *
 * @param given limits that take the place of defaults
 * @throws {RangeError} as rendering with them would
 */
export function renderLimits(given: Partial<RenderLimits>): RenderLimits {
  return new CheckedRenderLimits(completeLimits(DEFAULT_RENDER_LIMITS, given));
}

/** @returns the limits of one rendering; otherwise as {@link completeLimits} */
export function limitsOfRendering(given: Partial<RenderLimits> | undefined): RenderLimits {
  if (given === undefined) return DEFAULT_RENDER_LIMITS;
  return CheckedRenderLimits.is(given) ? given : completeLimits(DEFAULT_RENDER_LIMITS, given);
}

/** What bounds recursion cannot be raised. */
const FIXED: ReadonlySet<string> = new Set<keyof CompileLimits | keyof RenderLimits>([
  'nesting',
  'valueDepth',
]);

/**
 * @param given limits that take the place of defaults; those that are undefined, or unknown, do not
 * @throws {RangeError} if a limit is no number from 0 (a comparison with NaN would limit nothing), or raises
 *   one that bounds recursion
 */
export function completeLimits<Limits extends CompileLimits | RenderLimits>(
  defaults: Limits,
  given: Partial<Limits> | undefined,
): Limits {
  if (given === undefined) return defaults;
  const limits = Object.entries<number>({ ...defaults }).map(([key, byDefault]) => {
    const limit: unknown = given[key as keyof Limits] ?? byDefault;
    if (typeof limit !== 'number' || !(limit >= 0)) {
      throw new RangeError(`the limit ${key} must be a number from 0`);
    }
    if (FIXED.has(key) && limit > byDefault) {
      throw new RangeError(`the limit ${key} must not exceed ${byDefault}`);
    }
    return [key, limit];
  });
  return Object.fromEntries(limits) as Limits;
}
