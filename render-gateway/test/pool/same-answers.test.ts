import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedBytes, textOf } from '#pool/shared-bytes.js';
import { execute, executeInPlace } from '#render/execute.js';
import { loadVersion } from '#render/loaded-version.js';
import { ownBytes } from '#render/own-bytes.js';
import { readRequestBody } from '#render/request-body.js';
import { poolUnderTest } from './pool-under-test.js';

const TEMPLATES = [
  'Hello {{.name}}{{if .list}}: {{range $i, $x := .list}}{{if $i}}, {{end}}{{$x}}{{end}}{{end}}',
  '{{range .list}}{{range $.list}}{{.}} {{end}}{{end}}',
  '{{range .list}}{{printf "%q %v" . $.name}}{{end}}',
  '{{define "r"}}{{.name}}{{range .list}}{{template "none"}}{{end}}{{end}}{{template "r" .}}',
  '{{index .list .number}}',
  '{{html .name}}{{js .name}}{{urlquery .name}}{{len .name}}',
  '{{range 1000}}{{$.name}}{{end}}',
  '{{slice .name 1 .number}}',
];

const value = fc.letrec((tie) => ({
  any: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.integer(), fc.boolean()),
    },
    fc.array(tie('any'), { maxLength: 30 }),
    fc.dictionary(fc.string(), tie('any'), { maxKeys: 5 }),
  ),
})).any;
const body = fc.record(
  {
    variables: fc.record(
      { name: value, list: fc.array(value, { maxLength: 60 }), number: fc.integer({ min: 0, max: 70 }) },
      { requiredKeys: [] },
    ),
    missing: fc.constantFrom('error', 'default', 'zero'),
  },
  { requiredKeys: [] },
);

test('in place and in the pool, a render has the same answer to the byte, or the same words', async () => {
  const { version, render, documents } = poolUnderTest({ timeout: 60_000, queue: 64 });
  const prompt = { slug: 'greeting', tags: { production: 1 } };
  const versions = TEMPLATES.map((template) => {
    const key = version(template);
    return { key, loaded: loadVersion(key, documents.get(key)?.body ?? '') };
  });
  let inPlace = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...versions), body, async ({ key, loaded }, request) => {
      const text = JSON.stringify(request);
      const { input } = readRequestBody(ownBytes(text));
      if (input === undefined) throw new Error('the body is one');
      const full = execute(loaded, prompt, input);
      const small = executeInPlace(loaded, prompt, input);
      if (small !== undefined) {
        inPlace += 1;
        expect(small).toEqual(full);
      }
      const pooled = await render(key, { body: text });
      expect('code' in pooled ? pooled : new TextDecoder().decode(pooled)).toEqual(full);
    }),
    { numRuns: 150 },
  );
  // Both ways were taken.
  expect(inPlace).toBeGreaterThan(20);
  expect(inPlace).toBeLessThan(150);
});

test('bytes that threads share are the text that they were made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(textOf(sharedBytes(text))).toBe(text);
    }),
  );
});
