import { concatenate, type GoString } from './raw-string.js';

/** Puts a string together: as a string of JavaScript, as long as all pieces are such. */
export class StringBuilder {
  private text = '';
  private readonly pieces: GoString[] = [];

  add(piece: GoString): void {
    if (typeof piece === 'string') {
      this.text += piece;
      return;
    }
    this.pieces.push(this.text, piece);
    this.text = '';
  }

  finish(): GoString {
    return this.pieces.length === 0 ? this.text : concatenate([...this.pieces, this.text]);
  }
}
