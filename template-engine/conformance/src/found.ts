import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Answer, Case } from './case.js';

const file = new URL('../vectors/found.jsonl', import.meta.url);

/** Makes a case a vector, unless it is one. @returns whether it is new */
export function addToFound({ template, data, missing }: Case, go: Answer): boolean {
  const option = missing === 'error' ? '' : `,"missing":"${missing}"`;
  const question = `{"template":${JSON.stringify(template)},"data":${data}${option}`;
  const known = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  if (known.some((line) => line.startsWith(`${question},`))) return false;
  appendFileSync(
    file,
    `${question},"${go.kind === 'output' ? 'output' : 'error'}":${JSON.stringify(go.text)}}\n`,
  );
  return true;
}
