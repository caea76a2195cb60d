/**
 * A text in UTF-8, for many threads without a copy for each. Nobody writes to it once it is made. What is there for
 * one request is no use of this: the garbage collector does not see how large such memory is, and lets it pile up.
 */
export function sharedBytes(text: string): Uint8Array<SharedArrayBuffer> {
  const bytes = Buffer.from(text);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/** The text that {@link sharedBytes} was made of. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array<SharedArrayBuffer>): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
