import {
  LimitExceededError,
  type RenderLimits,
  renderLimits,
  TemplateExecutionError,
} from '@px0/template-engine';
import type { Refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { LoadedVersion } from './loaded-version.js';
import type { PromptOfAnswer } from './pool-order.js';
import type { RenderInput } from './request-body.js';

const FULL = renderLimits({});
const LOWERED = { steps: LIMITS.stepsInPlace, outputBytes: LIMITS.outputBytesInPlace };
const IN_PLACE = renderLimits(LOWERED);

/** @returns the answer's JSON text, or why there is none */
export function execute(
  version: LoadedVersion,
  prompt: PromptOfAnswer,
  input: RenderInput,
): string | Refusal {
  try {
    return answerOf(version, prompt, input, FULL);
  } catch (error) {
    return refusalOf(error);
  }
}

/**
 * As {@link execute}, but stops where it becomes too much for the thread that answers requests.
 * @returns undefined then: with all that a render may take it may come out otherwise
 */
export function executeInPlace(
  version: LoadedVersion,
  prompt: PromptOfAnswer,
  input: RenderInput,
): string | Refusal | undefined {
  try {
    return answerOf(version, prompt, input, IN_PLACE);
  } catch (error) {
    return error instanceof LimitExceededError && Object.hasOwn(LOWERED, error.limit)
      ? undefined
      : refusalOf(error);
  }
}

function answerOf(
  version: LoadedVersion,
  prompt: PromptOfAnswer,
  input: RenderInput,
  limits: RenderLimits,
): string {
  const missing = input.missing ?? version.missing;
  const rendered = version.template.render(input.variables, { missing, limits });
  return `{"rendered":${JSON.stringify(rendered)}${version.answerEnd(prompt)}`;
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof TemplateExecutionError) return { code: 'executionFailed', detail: error.message };
  throw error;
}
