import { Lexer } from './lexer.js';
import type { Token } from './token.js';

/** The lexer's tokens, of which the last few can be given back. */
export class TokenStream {
  /** The token that the lexer gave last, whether consumed or not. */
  latest: Token = { kind: 'eof', text: '', offset: 0, length: 0 };
  private readonly lexer: Lexer;
  /** Tokens given back, the next one last. */
  private readonly pending: Token[] = [];
  private current: Token = this.latest;
  private end = 0;
  private endBefore = 0;

  constructor(source: string) {
    this.lexer = new Lexer(source);
  }

  /** Where the last token that is no space and was not given back ends. */
  get consumedEnd(): number {
    return this.end;
  }

  next(): Token {
    this.current = this.pending.pop() ?? this.lex();
    if (this.current.kind !== 'space') {
      this.endBefore = this.end;
      this.end = this.current.offset + this.current.length;
    }
    return this.current;
  }

  peek(): Token {
    const token = this.pending.at(-1) ?? this.lex();
    if (this.pending.length === 0) this.pending.push(token);
    return token;
  }

  nextNonSpace(): Token {
    let token = this.next();
    while (token.kind === 'space') token = this.next();
    return token;
  }

  peekNonSpace(): Token {
    while (this.peek().kind === 'space') this.pending.pop();
    return this.peek();
  }

  /** Gives back the token consumed last. */
  backup(): void {
    this.pending.push(this.current);
    if (this.current.kind !== 'space') this.end = this.endBefore;
  }

  /** Gives back a token, and the space that followed it if a peek has skipped it meanwhile. */
  unread(token: Token, adjacent: Token): void {
    if (adjacent.kind === 'space') this.pending.push(adjacent);
    this.pending.push(token);
    this.end = this.endBefore;
  }

  private lex(): Token {
    this.latest = this.lexer.next();
    return this.latest;
  }
}
