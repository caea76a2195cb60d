import type { Spread } from '../measuring/statistics.js';
import type { EngineName } from './engines/table.js';
import type { CompileTimes } from './messages.js';
import type { TemplateName } from './templates/all.js';

export type PerEngine<T> = Readonly<Partial<Record<EngineName, T>>>;

/** What was measured of one template. Times are in nanoseconds. */
export interface TemplateFigures {
  /** Size of what it renders, in bytes. */
  readonly bytes: number;
  /** One rendering, and taking the bytes out. */
  readonly render: PerEngine<Spread>;
  /**
   * How many times as fast as another px0 rendered, round by round: what was timed within a second of
   * each other is compared, because a shared machine takes once or twice the time from one minute to the
   * next.
   */
  readonly ratio: PerEngine<Spread>;
  /** The same, the template's preparation included, for the first time in a process. */
  readonly first: PerEngine<Spread>;
  /** Of px0, if it was measured. */
  readonly compile: CompileTimes | undefined;
}

export interface EngineFigures {
  readonly versions: PerEngine<string>;
  /** In the order in which they are shown. */
  readonly templates: Readonly<Partial<Record<TemplateName, TemplateFigures>>>;
}
