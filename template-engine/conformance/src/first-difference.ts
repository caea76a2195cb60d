/**
 * Prints the first vector, as JSON, that an engine does not answer as Go does; nothing if there is none.
 *
 *     node first-difference.js ENGINE FILE
 *
 * ENGINE is the URL of an engine's index.js, FILE the vectors to look at first.
 */
import { answerOf, type Engine, VECTOR_FILES, type Vector, vectorsOf } from './vectors.js';

function isAnsweredAsByGo(engine: Engine, vector: Vector): boolean {
  try {
    const { output, error } = answerOf(engine, vector);
    return output === vector.output && error === vector.error;
  } catch {
    // A crash is no answer of Go's either.
    return false;
  }
}

// Half of the answers are errors, and nobody reads where they were made.
Error.stackTraceLimit = 0;
const [url = '', first = ''] = process.argv.slice(2);
const engine = (await import(url)) as Engine;
const files = [first, ...VECTOR_FILES.filter((file) => file !== first)];
for (const file of files) {
  const vector = vectorsOf(file).find((candidate) => !isAnsweredAsByGo(engine, candidate));
  if (vector !== undefined) {
    process.stdout.write(JSON.stringify(vector));
    break;
  }
}
