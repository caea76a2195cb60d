import {
  compile,
  type JsonObject,
  LimitExceededError,
  load,
  parseJson,
  SourceLimitError,
  TemplateExecutionError,
  TemplateSyntaxError,
} from '@px0/template-engine';
import type { Answer, Case } from './case.js';

/** @returns what our engine makes of a case, with the program sent through JSON as on its way to a gateway */
export function askEngine({ template, data, missing }: Case): Answer {
  try {
    const program: unknown = JSON.parse(JSON.stringify(compile(template, { name: 't' })));
    const text = load(program).render(parseJson(data) as JsonObject, { missing });
    return { kind: 'output', text: wellFormed(text) };
  } catch (error) {
    return answerOf(error);
  }
}

function answerOf(error: unknown): Answer {
  if (error instanceof SourceLimitError || error instanceof LimitExceededError) {
    return { kind: 'limited', text: error.limit };
  }
  if (error instanceof TemplateSyntaxError) return { kind: 'parse error', text: wellFormed(error.message) };
  if (error instanceof TemplateExecutionError) {
    return { kind: 'execution error', text: wellFormed(error.message) };
  }
  return { kind: 'panic', text: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** Go's strings are bytes: a lone surrogate became U+FFFD when it was read. Ours becomes it when written. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? Buffer.from(text).toString() : text;
}
