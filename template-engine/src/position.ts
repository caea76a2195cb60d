/** Where something stands in a template's source. */
export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 0, in UTF-8 bytes: what Go's messages show. */
  readonly column: number;
  /** From 0, in UTF-16 code units: `source.slice(offset, offset + length)` is the text in question. */
  readonly offset: number;
  /** In UTF-16 code units. */
  readonly length: number;
}
