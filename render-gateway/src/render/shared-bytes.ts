/**
 * Bytes that threads hand on without copying them. Nobody writes to them once they are made.
 * @returns a copy of the bytes, or the text in UTF-8
 */
export function sharedBytes(from: Uint8Array | string): Uint8Array<SharedArrayBuffer> {
  const bytes = typeof from === 'string' ? Buffer.from(from) : from;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength));
  shared.set(bytes);
  return shared;
}

/** The text that {@link sharedBytes} was made of. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array<SharedArrayBuffer>): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
