import type { RenderLimits } from '../limits.js';

/** One verb of printf with what stands between the percent sign and it: `%-8.2f`. */
export interface Spec {
  /** One character. */
  readonly verb: string;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%#v`: print as Go source. The `#` is then spent, and `sharp` false. */
  readonly asSource: boolean;
  /** In characters. */
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** How print, and an action, show a value. */
export const PLAIN: Spec = {
  verb: 'v',
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  asSource: false,
  width: undefined,
  precision: undefined,
};

/** Is told what work costs before it is done, in characters: to read or to make one is the unit. */
export type Charge = (characters: number) => void;

/** What formatting may cost, whom to tell what it costs, and whom when it costs more. */
export interface FormatLimits {
  readonly limits: RenderLimits;
  readonly charge: Charge;
  exceeded(limit: keyof RenderLimits): never;
}
