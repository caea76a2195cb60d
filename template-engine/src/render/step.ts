import type { Value } from '../values/value.js';
import type { Rendering } from './rendering.js';

/** How a statement ended: whether the list goes on, or the range around it does something. */
export const Signal = { next: 0, break: 1, continue: 2 } as const;
export type Signal = (typeof Signal)[keyof typeof Signal];

/** A statement as a closure: writes to the rendering. */
export type Step = (rendering: Rendering, dot: Value) => Signal;
