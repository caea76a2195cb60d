import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { compile, JsonObject, load, MissingKey, TemplateError } from '@px0/template-engine';

/** A case that Go has answered; `data` stands in it, or `dataset` names it in datasets.json. */
export interface Vector {
  readonly template: string;
  readonly data?: JsonObject;
  readonly dataset?: string;
  readonly missing?: MissingKey;
  readonly output?: string;
  readonly error?: string;
}

/** The part of a template engine that vectors need. */
export interface Engine {
  readonly compile: typeof compile;
  readonly load: typeof load;
  readonly TemplateError: typeof TemplateError;
}

const folder = fileURLToPath(new URL('../', import.meta.url));
const datasets = JSON.parse(readFileSync(`${folder}datasets.json`, 'utf8')) as Record<string, JsonObject>;

export const VECTOR_FILES: readonly string[] = readdirSync(`${folder}vectors`);

export function vectorsOf(file: string): Vector[] {
  const lines = readFileSync(`${folder}vectors/${file}`, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Vector);
}

/** @returns what the engine makes of a vector; the program goes through JSON on the way. Other errors are thrown */
export function answerOf(
  { compile, load, TemplateError }: Engine,
  { template, data, dataset, missing }: Vector,
): Pick<Vector, 'output' | 'error'> {
  const variables = (dataset === undefined ? data : datasets[dataset]) ?? {};
  try {
    const program: unknown = JSON.parse(JSON.stringify(compile(template, { name: 't' })));
    return { output: load(program).render(variables, missing === undefined ? {} : { missing }) };
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message };
    throw error;
  }
}
