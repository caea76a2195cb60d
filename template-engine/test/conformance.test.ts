import { describe, expect, it } from 'vitest';
import { compile } from '#compile.js';
import { TemplateError } from '#errors.js';
import { load } from '#template.js';
import { answerOf, VECTOR_FILES, vectorsOf } from '../conformance/dist/vectors.js';

const engine = { compile, load, TemplateError };

describe('every vector gets the answer that Go gives', () => {
  it.each(VECTOR_FILES)('%s', (file) => {
    const differences = vectorsOf(file).flatMap((vector) => {
      const got = answerOf(engine, vector);
      return got.output === vector.output && got.error === vector.error ? [] : [{ ...vector, got }];
    });
    expect(differences).toEqual([]);
  });
});

it('there are thousands of vectors, and each says what Go answers', () => {
  const vectors = VECTOR_FILES.flatMap(vectorsOf);
  expect(vectors.length).toBeGreaterThan(20_000);
  const odd = vectors.filter(({ output, error }) => (output === undefined) === (error === undefined));
  expect(odd).toEqual([]);
});
