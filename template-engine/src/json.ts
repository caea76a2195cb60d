/** A value as `JSON.parse` returns it. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** One escape of a JSON string: two surrogates that make a character, one that does not, or another. */
const ESCAPE =
  /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|[\s\S])/g;

/**
 * `JSON.parse`, but with U+FFFD for every escape that is half of a character (`"\ud83d"`), as Go's
 * encoding/json has it: two such halves would become a character when they are printed side by side.
 *
 * @throws {SyntaxError} if the text is not JSON
 */
export function parseJson(text: string): JsonValue {
  const isSuspect = text.includes('\\ud') || text.includes('\\uD');
  const sound = isSuspect
    ? text.replace(ESCAPE, (whole, lone?: string) => (lone === undefined ? whole : '\\ufffd'))
    : text;
  return JSON.parse(sound) as JsonValue;
}
