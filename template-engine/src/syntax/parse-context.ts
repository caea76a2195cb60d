import { SourceLimitError, TemplateSyntaxError } from '../errors.js';
import type { CompileLimits } from '../limits.js';
import type { Position } from '../position.js';
import { SourceText } from './source-text.js';
import { describeToken, type Token, type TokenKind } from './token.js';
import { TokenStream } from './token-stream.js';

export interface ParserOptions {
  readonly name: string;
  readonly functions: ReadonlySet<string>;
  readonly limits: CompileLimits;
}

/** What the parsers of one source share: its tokens, how deep they are in it, and how they fail. */
export class ParseContext {
  readonly tokens: TokenStream;
  readonly options: ParserOptions;
  /** Where the action at hand began; lexical errors on other lines mention it. */
  actionLine: number | undefined;
  private readonly source: SourceText;
  private nesting = 0;

  constructor(source: string, options: ParserOptions) {
    this.source = new SourceText(source);
    this.tokens = new TokenStream(source);
    this.options = options;
  }

  /** @returns what `parse` returns. Whatever can nest passes here: one counter bounds the recursion. */
  nested<T>(parse: () => T): T {
    this.nesting++;
    const maximum = this.options.limits.nesting;
    if (this.nesting > maximum) {
      const { name } = this.options;
      const position = this.positionOf(this.tokens.latest);
      const message = `template: ${name}:${position.line}: nesting exceeds the limit of ${maximum}`;
      throw new SourceLimitError(message, name, position, 'nesting', maximum);
    }
    const parsed = parse();
    this.nesting--;
    return parsed;
  }

  expect(kinds: readonly TokenKind[], context: string): Token {
    const token = this.tokens.nextNonSpace();
    return kinds.includes(token.kind) ? token : this.unexpected(token, context);
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.fail(`unexpected ${describeToken(token)} in ${context}`);
    const started = this.actionLine;
    if (started === undefined || started === this.source.lineAt(token.offset)) this.fail(token.text);
    const action = token.text.endsWith(' action') ? '' : ' in action';
    this.fail(`${token.text}${action} started at ${this.options.name}:${started}`);
  }

  /** @param at Go names the line of the token read last, which may lie beyond the one that is wrong */
  fail(words: string, at = this.tokens.latest): never {
    const { name } = this.options;
    const position = this.positionOf(at);
    throw new TemplateSyntaxError(`template: ${name}:${position.line}: ${words}`, name, position);
  }

  lineOf(token: Token): number {
    return this.source.lineAt(token.offset);
  }

  positionAt(offset: number, length: number): Position {
    return this.source.positionAt(offset, length);
  }

  positionOf(token: Token): Position {
    return this.source.positionAt(token.offset, token.length);
  }

  /** @returns the position of what begins at an offset and ends with the last token consumed */
  positionFrom(start: number): Position {
    return this.source.positionAt(start, this.tokens.consumedEnd - start);
  }
}
