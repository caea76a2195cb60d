/** Something that keeps px0 from starting. Its message tells a person what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** @returns the error's code (`EACCES`, `ENOENT` …), or undefined for what is no system error */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
