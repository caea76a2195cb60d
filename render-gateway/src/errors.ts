/** Everything that the gateway refuses: the status and the words that a client reads. */
export const ERRORS = {
  unauthorized: { status: 401, words: 'unauthorized' },
  bodyTooLarge: { status: 413, words: 'request body too large' },
  /** All answers of a batch together are longer than one answer may be. */
  answerTooLarge: { status: 413, words: 'answer too large' },
  invalidBody: { status: 400, words: 'invalid request body' },
  invalidVariables: { status: 400, words: 'variables must be a JSON object' },
  invalidId: { status: 400, words: 'invalid id' },
  /** What a batch names: 1 to LIMITS.batchRenders. */
  invalidRenders: { status: 400, words: 'renders must be a list of 1 to 100 renders' },
  slugRequired: { status: 400, words: 'slug is required' },
  promptNotFound: { status: 404, words: 'prompt not found' },
  noLiveVersion: { status: 404, words: 'no live version found for this prompt' },
  versionNotFound: { status: 404, words: 'version not found' },
  /** Carries `team_ids`. */
  ambiguousSlug: { status: 409, words: 'slug is ambiguous; pass team_id' },
  /** The engine's words follow. */
  executionFailed: { status: 422, words: 'template execution failed: ' },
  notFound: { status: 404, words: 'not found' },
  /** With the header Allow. */
  methodNotAllowed: { status: 405, words: 'method not allowed' },
  /** The request's body did not arrive in time. */
  requestTimeout: { status: 408, words: 'request timeout' },
  /** Carries `request_id`. */
  internal: { status: 500, words: 'internal error' },
  /** The feed cannot be asked, so that nothing is known of what the request names; or there is too much to do. */
  unavailable: { status: 503, words: 'service unavailable' },
} as const satisfies Record<string, { readonly status: number; readonly words: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal on its way to the client. */
export interface Refusal {
  readonly code: ErrorCode;
  /** Follows the words of the table. */
  readonly detail?: string;
  /** Fields beside `error`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Of `internal`: what the log tells, and the answer does not. */
  readonly cause?: unknown;
}

/** Refusals that say nothing but their words, made once. */
export const refusal = Object.fromEntries(
  Object.keys(ERRORS).map((code) => [code, { code }]),
) as unknown as Readonly<Record<ErrorCode, Refusal>>;
