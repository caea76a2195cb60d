import { describeCharacter, isPrintable, quote } from '../format/quote.js';
import { END, isAlphaNumeric, isDecimalDigit, isSpace } from './characters.js';
import { isKeyword, type Token, type TokenKind } from './token.js';

const LEFT_DELIMITER = '{{';
const RIGHT_DELIMITER = '}}';
const LEFT_COMMENT = '/*';
const RIGHT_COMMENT = '*/';
/** The hyphen and the space beside it. */
const TRIM_MARKER_LENGTH = 2;

/**
 * Cuts a template's source into tokens, on demand.
 *
 *     template = { text | "{{" [ "- " ] action [ " -" ] "}}" | comment } .
 *     comment  = "{{" [ "- " ] "/*" … "* /" [ " -" ] "}}" .
 *
 * Trim markers are dealt with here; no token shows them. After an error token come only ends.
 */
export class Lexer {
  private readonly source: string;
  private offset = 0;
  private start = 0;
  private insideAction = false;
  private parenDepth = 0;

  constructor(source: string) {
    this.source = source;
  }

  next(): Token {
    return this.insideAction ? this.lexInsideAction() : this.lexText();
  }

  private token(kind: TokenKind): Token {
    const text = this.source.slice(this.start, this.offset);
    const token = { kind, text, offset: this.start, length: text.length };
    this.start = this.offset;
    return token;
  }

  private error(text: string): Token {
    const token: Token = { kind: 'error', text, offset: this.start, length: this.offset - this.start };
    this.offset = this.source.length;
    this.start = this.offset;
    this.insideAction = false;
    return token;
  }

  private ignore(): void {
    this.start = this.offset;
  }

  private peek(): number {
    return this.source.codePointAt(this.offset) ?? END;
  }

  private advance(): number {
    const point = this.peek();
    if (point !== END) this.offset += point > 0xffff ? 2 : 1;
    return point;
  }

  private accept(characters: string): boolean {
    const character = this.source.charAt(this.offset);
    if (character === '' || !characters.includes(character)) return false;
    this.offset++;
    return true;
  }

  private acceptRun(characters: string): void {
    while (this.accept(characters));
  }

  private startsWith(text: string, ahead = 0): boolean {
    return this.source.startsWith(text, this.offset + ahead);
  }

  /** text = everything up to "{{" or the end, less the space that a following "{{- " trims. */
  private lexText(): Token {
    for (;;) {
      const delimiter = this.source.indexOf(LEFT_DELIMITER, this.offset);
      if (delimiter < 0) {
        this.offset = this.source.length;
        return this.token(this.offset > this.start ? 'text' : 'eof');
      }
      this.offset = delimiter;
      if (delimiter > this.start) {
        const isTrimmed = this.isLeftTrimMarker(delimiter + LEFT_DELIMITER.length);
        if (isTrimmed) this.offset = this.endOfTextBefore(delimiter);
        const text = this.token('text');
        this.offset = delimiter;
        this.ignore();
        if (text.length > 0) return text;
      }
      const token = this.lexLeftDelimiter();
      if (token !== undefined) return token;
    }
  }

  private endOfTextBefore(end: number): number {
    let offset = end;
    while (offset > this.start && isSpace(this.source.charCodeAt(offset - 1))) offset--;
    return offset;
  }

  private skipSpace(): void {
    while (isSpace(this.peek())) this.offset++;
  }

  /** @returns undefined after a comment, which leaves no token */
  private lexLeftDelimiter(): Token | undefined {
    const afterDelimiter = this.offset + LEFT_DELIMITER.length;
    const markerLength = this.isLeftTrimMarker(afterDelimiter) ? TRIM_MARKER_LENGTH : 0;
    if (this.source.startsWith(LEFT_COMMENT, afterDelimiter + markerLength)) {
      this.offset = afterDelimiter + markerLength;
      this.ignore();
      return this.lexComment();
    }
    this.offset = afterDelimiter;
    const token = this.token('leftDelimiter');
    this.offset += markerLength;
    this.ignore();
    this.insideAction = true;
    this.parenDepth = 0;
    return token;
  }

  private lexComment(): Token | undefined {
    const end = this.source.indexOf(RIGHT_COMMENT, this.offset + LEFT_COMMENT.length);
    if (end < 0) return this.error('unclosed comment');
    this.offset = end + RIGHT_COMMENT.length;
    const delimiter = this.rightDelimiterAhead();
    if (delimiter === undefined) return this.error('comment ends before closing delimiter');
    this.offset += delimiter.trims ? TRIM_MARKER_LENGTH + RIGHT_DELIMITER.length : RIGHT_DELIMITER.length;
    if (delimiter.trims) this.skipSpace();
    this.ignore();
    return undefined;
  }

  private isLeftTrimMarker(offset: number): boolean {
    return this.source.charAt(offset) === '-' && isSpace(this.source.charCodeAt(offset + 1));
  }

  private rightDelimiterAhead(): { trims: boolean } | undefined {
    if (isSpace(this.peek()) && this.startsWith(`-${RIGHT_DELIMITER}`, 1)) return { trims: true };
    return this.startsWith(RIGHT_DELIMITER) ? { trims: false } : undefined;
  }

  private lexRightDelimiter(trims: boolean): Token {
    if (trims) this.offset += TRIM_MARKER_LENGTH;
    this.ignore();
    this.offset += RIGHT_DELIMITER.length;
    const token = this.token('rightDelimiter');
    if (trims) this.skipSpace();
    this.ignore();
    this.insideAction = false;
    return token;
  }

  private lexInsideAction(): Token {
    const delimiter = this.rightDelimiterAhead();
    if (delimiter !== undefined) {
      return this.parenDepth === 0
        ? this.lexRightDelimiter(delimiter.trims)
        : this.error('unclosed left paren');
    }
    const point = this.advance();
    if (point === END) return this.error('unclosed action');
    if (isSpace(point)) return this.lexSpace();
    switch (String.fromCodePoint(point)) {
      case '=':
        return this.token('assign');
      case ':':
        return this.advance() === 0x3d ? this.token('declare') : this.error('expected :=');
      case '|':
        return this.token('pipe');
      case '"':
        return this.lexEscaped('"', 'string', 'unterminated quoted string');
      case "'":
        return this.lexEscaped("'", 'rune', 'unterminated character constant');
      case '`':
        return this.lexRawString();
      case '$':
        return this.lexName('variable', 'variable');
      case '.': {
        const following = this.peek();
        if (following !== END && !isDecimalDigit(following)) return this.lexName('field', 'dot');
        return this.lexNumber();
      }
      case '(':
        this.parenDepth++;
        return this.token('leftParen');
      case ')':
        this.parenDepth--;
        return this.parenDepth < 0 ? this.error('unexpected right paren') : this.token('rightParen');
      case '+':
      case '-':
        return this.lexNumber();
    }
    if (isDecimalDigit(point)) return this.lexNumber();
    if (isAlphaNumeric(point)) return this.lexIdentifier();
    if (point < 0x80 && isPrintable(point)) return this.token('character');
    return this.error(`unrecognized character in action: ${describeCharacter(point)}`);
  }

  /** space = one or more spaces, except the one that belongs to a trim marker. */
  private lexSpace(): Token {
    this.skipSpace();
    if (this.startsWith(`-${RIGHT_DELIMITER}`)) {
      this.offset--;
      if (this.offset === this.start) return this.lexRightDelimiter(true);
    }
    return this.token('space');
  }

  private lexIdentifier(): Token {
    this.skipAlphaNumeric();
    if (!this.isAtTerminator()) return this.badCharacter();
    const word = this.source.slice(this.start, this.offset);
    if (isKeyword(word)) return this.token(word);
    return this.token(word === 'true' || word === 'false' ? 'bool' : 'identifier');
  }

  /** field = "." name ; variable = "$" [ name ]. The first character is past. */
  private lexName(kind: 'field' | 'variable', alone: 'dot' | 'variable'): Token {
    if (this.isAtTerminator()) return this.token(alone);
    this.skipAlphaNumeric();
    return this.isAtTerminator() ? this.token(kind) : this.badCharacter();
  }

  private skipAlphaNumeric(): void {
    while (isAlphaNumeric(this.peek())) this.advance();
  }

  private badCharacter(): Token {
    return this.error(`bad character ${describeCharacter(this.peek())}`);
  }

  /** Whether a name may end here: `.x.y` is two fields, `$x+2` is a mistake. */
  private isAtTerminator(): boolean {
    const point = this.peek();
    if (point === END || isSpace(point)) return true;
    return '.,|:)('.includes(String.fromCodePoint(point)) || this.startsWith(RIGHT_DELIMITER);
  }

  private lexEscaped(mark: string, kind: TokenKind, unterminated: string): Token {
    for (;;) {
      const character = this.source.charAt(this.offset);
      if (character === '' || character === '\n') return this.error(unterminated);
      this.offset++;
      if (character === mark) return this.token(kind);
      if (character === '\\') {
        const escaped = this.source.charAt(this.offset);
        if (escaped === '' || escaped === '\n') return this.error(unterminated);
        this.offset++;
      }
    }
  }

  private lexRawString(): Token {
    const end = this.source.indexOf('`', this.offset);
    if (end < 0) return this.error('unterminated raw quoted string');
    this.offset = end + 1;
    return this.token('rawString');
  }

  /**
   * number = [ "+" | "-" ] digits … [ "i" ] [ ( "+" | "-" ) digits … "i" ] .
   * Only roughly: parsing the number's text finds the rest.
   */
  private lexNumber(): Token {
    this.offset = this.start;
    if (!this.scanNumber()) return this.badNumber();
    if (!this.startsWith('+') && !this.startsWith('-')) return this.token('number');
    if (!this.scanNumber() || this.source.charAt(this.offset - 1) !== 'i') return this.badNumber();
    return this.token('complex');
  }

  private badNumber(): Token {
    return this.error(`bad number syntax: ${quote(this.source.slice(this.start, this.offset))}`);
  }

  private scanNumber(): boolean {
    this.accept('+-');
    let digits = '0123456789_';
    let exponent = 'eE';
    if (this.accept('0')) {
      if (this.accept('xX')) {
        digits = '0123456789abcdefABCDEF_';
        exponent = 'pP';
      } else if (this.accept('oO')) {
        digits = '01234567_';
        exponent = '';
      } else if (this.accept('bB')) {
        digits = '01_';
        exponent = '';
      }
    }
    this.acceptRun(digits);
    if (this.accept('.')) this.acceptRun(digits);
    if (exponent !== '' && this.accept(exponent)) {
      this.accept('+-');
      this.acceptRun('0123456789_');
    }
    this.accept('i');
    if (!isAlphaNumeric(this.peek())) return true;
    this.advance();
    return false;
  }
}
