import { randomUUID } from 'node:crypto';
import { PASSWORD } from '../cast.js';
import type { CallerName, Cast, Target } from './callers.js';

/** What a row's path and body are made from. */
export interface Scene extends Target {
  readonly cast: Cast;
  readonly caller: CallerName;
}

/** How one route answers each caller. */
export interface Row {
  /** One for each of CALLERS, in their order. */
  readonly statuses: string;
  /** Absent: the route's own, which has no parameters then. */
  readonly path?: (scene: Scene) => string;
  readonly body?: (scene: Scene) => unknown;
  /** How often version 1 of the target's prompt has been promoted before. */
  readonly promotions?: number;
  /** A call that succeeds changes the cast: each gets one of its own. */
  readonly spoils?: true;
}

/** Rows by route, as the served document spells it. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

export const onPrompt = (rest: string) => (scene: Scene) => `/v1/prompts/${scene.promptId}${rest}`;
export const onVersion = (rest: string) => onPrompt(`/versions/1${rest}`);
export const newcomer = () => ({ email: `${randomUUID()}@example.com`, password: PASSWORD });
