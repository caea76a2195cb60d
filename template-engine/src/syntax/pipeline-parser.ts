import { quote } from '../format/quote.js';
import {
  BooleanLiteral,
  Chain,
  Command,
  Dot,
  Field,
  Identifier,
  Nil,
  NumberLiteral,
  type Operand,
  Pipeline,
  StringLiteral,
  Variable,
} from './ast.js';
import { parseNumber } from './number-literal.js';
import type { ParseContext } from './parse-context.js';
import { type Literal, parseString } from './string-literal.js';
import type { Token, TokenKind } from './token.js';
import type { TokenStream } from './token-stream.js';
import { VariablesInSight } from './variables-in-sight.js';

const TERM_STARTS = [
  'bool',
  'complex',
  'dot',
  'field',
  'identifier',
  'leftParen',
  'nil',
  'number',
  'rawString',
  'rune',
  'string',
  'variable',
] as const;
type TermToken = Token & { readonly kind: (typeof TERM_STARTS)[number] };

const termStarts: ReadonlySet<TokenKind> = new Set<TokenKind>(TERM_STARTS);
const startsTerm = (token: Token): token is TermToken => termStarts.has(token.kind);

/** Only the first command of a pipeline may be one of these: they take no argument. */
const NOT_EXECUTABLE: ReadonlySet<Operand['kind']> = new Set<Operand['kind']>([
  'boolean',
  'dot',
  'nil',
  'number',
  'string',
]);

interface Declarations {
  readonly variables: readonly Variable[];
  readonly isAssignment: boolean;
}
const NO_DECLARATIONS: Declarations = { variables: [], isAssignment: false };

/** Parses what stands in an action behind its keyword: pipelines, commands, operands. */
export class PipelineParser {
  variables = new VariablesInSight();
  private readonly context: ParseContext;
  private readonly tokens: TokenStream;

  constructor(context: ParseContext) {
    this.context = context;
    this.tokens = context.tokens;
  }

  /** pipeline = [ declarations ] command { "|" command } . */
  parse(role: string, end: TokenKind): Pipeline {
    const start = this.tokens.peekNonSpace().offset;
    const { variables, isAssignment } = this.parseDeclarations(role);
    const first = this.parseNextCommand(role, end);
    if (first === undefined) return this.context.fail(`missing value for ${role}`);
    const commands: [Command, ...Command[]] = [first];
    let last = first;
    let stray: number | undefined;
    for (;;) {
      const command = this.parseNextCommand(role, end);
      if (command === undefined) break;
      commands.push(command);
      if (NOT_EXECUTABLE.has(command.operands[0].kind)) stray ??= commands.length;
      last = command;
    }
    if (stray !== undefined) this.context.fail(`non executable command in pipeline stage ${stray}`);
    const { offset, length } = last.position;
    const position = this.context.positionAt(start, offset + length - start);
    return new Pipeline(position, variables, isAssignment, commands);
  }

  /** Undefined at what ends the pipeline, which is consumed. */
  private parseNextCommand(role: string, end: TokenKind): Command | undefined {
    const token = this.tokens.nextNonSpace();
    if (token.kind === end) return undefined;
    return startsTerm(token) ? this.parseCommand(token) : this.context.unexpected(token, role);
  }

  /**
   * declarations = variable [ "," [ variable ] ] ( ":=" | "=" ) ; two variables only in a range.
   *
   * Go reads `range $i, }}` and `range $x, $y }}` that far, and complains about the missing value.
   */
  private parseDeclarations(role: string): Declarations {
    if (this.tokens.peekNonSpace().kind !== 'variable') return NO_DECLARATIONS;
    const variables: Variable[] = [];
    for (;;) {
      const token = this.tokens.peekNonSpace();
      if (token.kind !== 'variable') return { variables, isAssignment: false };
      this.tokens.next();
      const adjacent = this.tokens.peek();
      const following = this.tokens.peekNonSpace();
      const isComma = following.kind === 'character' && following.text === ',';
      if (following.kind !== 'assign' && following.kind !== 'declare' && !isComma) {
        this.tokens.unread(token, adjacent);
        return { variables, isAssignment: false };
      }
      this.tokens.nextNonSpace();
      variables.push(new Variable(this.context.positionOf(token), token.text, []));
      this.variables.declare(token.text);
      if (!isComma) return { variables, isAssignment: following.kind === 'assign' };
      if (role !== 'range' || variables.length >= 2) this.context.fail(`too many declarations in ${role}`);
      const next = this.tokens.peekNonSpace().kind;
      if (next !== 'variable' && next !== 'rightDelimiter' && next !== 'rightParen') {
        this.context.fail('range can only initialize variables');
      }
    }
  }

  /** command = operand { space operand } , up to a pipe, which is consumed, or what ends the pipeline. */
  private parseCommand(start: TermToken): Command {
    const operands: [Operand, ...Operand[]] = [this.parseOperand(start)];
    let end = this.tokens.consumedEnd;
    let token = this.tokens.next();
    while (token.kind === 'space') {
      token = this.tokens.nextNonSpace();
      if (!startsTerm(token)) break;
      operands.push(this.parseOperand(token));
      end = this.tokens.consumedEnd;
      token = this.tokens.next();
    }
    if (token.kind === 'rightDelimiter' || token.kind === 'rightParen') this.tokens.backup();
    else if (token.kind !== 'pipe') this.context.unexpected(token, 'operand');
    return new Command(this.context.positionAt(start.offset, end - start.offset), operands);
  }

  /** operand = term { field } . Its first token is past, as everywhere below. */
  private parseOperand(first: TermToken): Operand {
    const term = this.parseTerm(first);
    if (this.tokens.peek().kind !== 'field') return term;
    const start = this.tokens.peek().offset;
    const fields: string[] = [];
    while (this.tokens.peek().kind === 'field') fields.push(this.tokens.next().text.slice(1));
    const position = this.context.positionFrom(start);
    switch (term.kind) {
      case 'field':
        return new Field(position, [...term.names, ...fields]);
      case 'variable':
        return new Variable(position, term.name, [...term.fields, ...fields]);
      case 'identifier':
      case 'pipeline':
        return new Chain(position, term, fields);
      case 'boolean':
      case 'dot':
      case 'nil':
      case 'number':
      case 'string':
        return this.context.fail(`unexpected . after term ${quote(term.toString())}`);
    }
  }

  /** term = literal | function | "." | ".name" | "$name" | "nil" | "(" pipeline ")" . */
  private parseTerm(token: TermToken): Exclude<Operand, Chain> {
    if (token.kind === 'leftParen') {
      return this.context.nested(() => this.parse('parenthesized pipeline', 'rightParen'));
    }
    const position = this.context.positionOf(token);
    switch (token.kind) {
      case 'identifier':
        if (!this.context.options.functions.has(token.text)) {
          this.context.fail(`function ${quote(token.text)} not defined`);
        }
        return new Identifier(position, token.text);
      case 'dot':
        return new Dot(position);
      case 'nil':
        return new Nil(position);
      case 'variable':
        if (!this.variables.has(token.text)) this.context.fail(`undefined variable ${quote(token.text)}`);
        return new Variable(position, token.text, []);
      case 'field':
        return new Field(position, [token.text.slice(1)]);
      case 'bool':
        return new BooleanLiteral(position, token.text === 'true');
      case 'rune':
      case 'complex':
      case 'number':
        return new NumberLiteral(position, token.text, this.literal(parseNumber(token.text)));
      case 'string':
      case 'rawString':
        return new StringLiteral(position, token.text, this.literal(parseString(token.text)));
    }
  }

  private literal<T>(literal: Literal<T>): T {
    return 'problem' in literal ? this.context.fail(literal.problem) : literal.value;
  }
}
