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
import type { TokenKind } from './token.js';
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
type TermStart = (typeof TERM_STARTS)[number];

const termStarts: ReadonlySet<TokenKind> = new Set<TokenKind>(TERM_STARTS);
const isTermStart = (kind: TokenKind): kind is TermStart => termStarts.has(kind);

/** Only the first command of a pipeline may be one of these: they take no argument. */
const NOT_EXECUTABLE: ReadonlySet<Operand['kind']> = new Set<Operand['kind']>([
  'boolean',
  'dot',
  'nil',
  'number',
  'string',
]);

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
    const commands: Command[] = [];
    for (;;) {
      const token = this.tokens.nextNonSpace();
      if (token.kind === end) break;
      if (!isTermStart(token.kind)) this.context.unexpected(token, role);
      this.tokens.backup();
      commands.push(this.parseCommand());
    }
    const [first, ...others] = commands;
    if (first === undefined) return this.context.fail(`missing value for ${role}`);
    const stray = others.findIndex((command) => NOT_EXECUTABLE.has(command.operands[0].kind));
    if (stray >= 0) this.context.fail(`non executable command in pipeline stage ${stray + 2}`);
    const { offset, length } = (others.at(-1) ?? first).position;
    const position = this.context.positionAt(start, offset + length - start);
    return new Pipeline(position, variables, isAssignment, [first, ...others]);
  }

  /**
   * declarations = variable [ "," [ variable ] ] ( ":=" | "=" ) ; two variables only in a range.
   *
   * Go reads `range $i, }}` and `range $x, $y }}` that far, and complains about the missing value.
   */
  private parseDeclarations(role: string): { variables: Variable[]; isAssignment: boolean } {
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
  private parseCommand(): Command {
    const start = this.tokens.peekNonSpace().offset;
    const operands: Operand[] = [];
    let position = this.context.positionFrom(start);
    for (;;) {
      this.tokens.peekNonSpace();
      const operand = this.parseOperand();
      if (operand !== undefined) {
        operands.push(operand);
        position = this.context.positionFrom(start);
      }
      const token = this.tokens.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'rightDelimiter' || token.kind === 'rightParen') this.tokens.backup();
      else if (token.kind !== 'pipe') this.context.unexpected(token, 'operand');
      break;
    }
    const [first, ...others] = operands;
    if (first === undefined) return this.context.fail('empty command');
    return new Command(position, [first, ...others]);
  }

  /** operand = term { field } . Undefined if the next token starts no operand. */
  private parseOperand(): Operand | undefined {
    const term = this.parseTerm();
    if (term === undefined || this.tokens.peek().kind !== 'field') return term;
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
  private parseTerm(): Exclude<Operand, Chain> | undefined {
    const token = this.tokens.nextNonSpace();
    const { kind } = token;
    if (!isTermStart(kind)) {
      this.tokens.backup();
      return undefined;
    }
    const position = this.context.positionOf(token);
    switch (kind) {
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
      case 'leftParen':
        return this.context.nested(() => this.parse('parenthesized pipeline', 'rightParen'));
    }
  }

  private literal<T>(literal: Literal<T>): T {
    return 'problem' in literal ? this.context.fail(literal.problem) : literal.value;
  }
}
