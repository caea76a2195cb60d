import { createRequire } from 'node:module';
import type { JsonObject } from '@px0/template-engine';

/** Renders one template that was prepared before. */
export type Render = (data: JsonObject) => string;

/** A template engine in JavaScript. Escaping for HTML is off in all of them. */
export interface Engine {
  readonly version: string;
  /** Does once what needs to be done once for a template. */
  prepare(source: string): Render;
}

/** @returns the version of an installed package */
export function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}
