/** The gateway cannot start. The message is a sentence for the operator, and says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
