import type { BenchPrompt } from '../prompt.js';

/** What a server that is not ours is told to serve, as JSON in the environment variable SETUP. */
export interface Setup {
  /** The API key that may render the prompt. */
  readonly key: string;
  readonly prompt: BenchPrompt;
}

/** The same for one that reads everything from Postgres. */
export interface DatabaseSetup extends Setup {
  /** URL of the database. */
  readonly database: string;
  readonly statements: Readonly<Record<StatementName, string>>;
}

/** What it reads for each request, in this order. */
export type StatementName = 'key' | 'teams' | 'prompt' | 'version';

/** @returns what this process was told */
export function readSetup<S extends Setup>(): S {
  return JSON.parse(process.env.SETUP ?? '') as S;
}
