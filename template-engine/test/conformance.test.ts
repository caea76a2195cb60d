import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compile } from '#compile.js';
import { TemplateError } from '#errors.js';
import type { JsonObject } from '#json.js';
import { load, type RenderOptions } from '#template.js';

interface Vector {
  template: string;
  data?: JsonObject;
  dataset?: string;
  missing?: NonNullable<RenderOptions['missing']>;
  output?: string;
  error?: string;
}

const folder = fileURLToPath(new URL('../conformance/', import.meta.url));
const datasets = JSON.parse(readFileSync(`${folder}datasets.json`, 'utf8')) as Record<string, JsonObject>;

function vectorsOf(file: string): Vector[] {
  const lines = readFileSync(`${folder}vectors/${file}`, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Vector);
}

function answer({ template, data, dataset, missing }: Vector): Pick<Vector, 'output' | 'error'> {
  const variables = (dataset === undefined ? data : datasets[dataset]) ?? {};
  try {
    const program: unknown = JSON.parse(JSON.stringify(compile(template, { name: 't' })));
    return { output: load(program).render(variables, missing === undefined ? {} : { missing }) };
  } catch (error) {
    if (error instanceof TemplateError) return { error: error.message };
    throw error;
  }
}

describe('every vector gets the answer that Go gives', () => {
  it.each(readdirSync(`${folder}vectors`))('%s', (file) => {
    const vectors = vectorsOf(file);
    const differences = vectors.flatMap((vector) => {
      const got = answer(vector);
      return got.output === vector.output && got.error === vector.error ? [] : [{ ...vector, got }];
    });
    expect(vectors.length).toBeGreaterThan(50);
    expect(differences).toEqual([]);
  });
});
