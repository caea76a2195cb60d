import type { Position } from '../position.js';

/** A template's source, and where its offsets stand in lines and bytes. */
export class SourceText {
  readonly text: string;
  private readonly lineStarts: number[] = [0];
  /** Byte offset by UTF-16 offset; undefined while the two are the same. */
  private readonly byteOffsets: Uint32Array | undefined;
  private latest: Position = { line: 1, column: 0, offset: 0, length: 0 };

  constructor(text: string) {
    this.text = text;
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.lineStarts.push(i + 1);
    this.byteOffsets = byteOffsetsOf(text);
  }

  /** @returns the line of an offset, from 1 */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** @returns the same object again for the same text: most commands and pipelines are one operand long */
  positionAt(offset: number, length: number): Position {
    if (this.latest.offset === offset && this.latest.length === length) return this.latest;
    const line = this.lineAt(offset);
    const column = this.bytesBefore(offset) - this.bytesBefore(this.lineStarts[line - 1] ?? 0);
    this.latest = { line, column, offset, length };
    return this.latest;
  }

  private bytesBefore(offset: number): number {
    return this.byteOffsets?.[offset] ?? offset;
  }
}

function byteOffsetsOf(text: string): Uint32Array | undefined {
  let offsets: Uint32Array | undefined;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80 && offsets === undefined) {
      offsets = new Uint32Array(text.length + 1);
      for (let j = 0; j < i; j++) offsets[j] = j;
    }
    if (offsets !== undefined) offsets[i] = bytes;
    // A surrogate pair's four bytes are counted as two and two.
    const isPaired = unit >= 0xd800 && unit < 0xe000 && isPairAround(text, i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isPaired ? 2 : 3;
  }
  if (offsets !== undefined) offsets[text.length] = bytes;
  return offsets;
}

function isPairAround(text: string, index: number): boolean {
  const start = text.charCodeAt(index) < 0xdc00 ? index : index - 1;
  return start >= 0 && (text.codePointAt(start) ?? 0) > 0xffff;
}
