import { SourceLimitError, TemplateSyntaxError } from '../errors.js';
import { quote } from '../format/quote.js';
import type { CompileLimits } from '../limits.js';
import type { Position } from '../position.js';
import {
  Action,
  BooleanLiteral,
  Branch,
  type BranchKind,
  Chain,
  Command,
  Dot,
  Field,
  Identifier,
  Jump,
  List,
  Nil,
  NumberLiteral,
  type Operand,
  Pipeline,
  type Statement,
  StringLiteral,
  Text,
  Variable,
} from './ast.js';
import { parseNumber } from './number-literal.js';
import { SourceText } from './source-text.js';
import { type Literal, parseString } from './string-literal.js';
import { describeToken, isControl, type Token, type TokenKind } from './token.js';
import { TokenStream } from './token-stream.js';

/** What ends a list: `{{end}}`, `{{else}}`, or the `{{else` of an `{{else if …}}`. */
type Terminator = 'end' | 'else';

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

export interface ParserOptions {
  readonly name: string;
  readonly functions: ReadonlySet<string>;
  readonly limits: CompileLimits;
}

/**
 * Parses a template.
 *
 * @throws {TemplateSyntaxError} at the first mistake, in Go's words
 * @throws {SourceLimitError} when structures nest deeper than `limits.nesting`
 */
export function parse(source: string, options: ParserOptions): List {
  return new Parser(source, options).parseTemplate();
}

/** Recursive descent with three tokens of look-ahead; one method per rule of the grammar. */
class Parser {
  private readonly source: SourceText;
  private readonly tokens: TokenStream;
  private readonly options: ParserOptions;
  /** Variables in sight, the innermost last. */
  private variables: string[] = ['$'];
  private nesting = 0;
  private rangeDepth = 0;
  private actionLine: number | undefined;

  constructor(source: string, options: ParserOptions) {
    this.source = new SourceText(source);
    this.tokens = new TokenStream(source);
    this.options = options;
  }

  /** template = list . */
  parseTemplate(): List {
    const statements: Statement[] = [];
    while (this.tokens.peek().kind !== 'eof') {
      const statement = this.parseStatement();
      if (typeof statement === 'string') this.fail(`unexpected {{${statement}}}`);
      statements.push(statement);
    }
    return new List(statements);
  }

  /** list = { statement } , up to the `{{end}}` or `{{else}}` that closes it. */
  private parseList(): [List, Terminator] {
    const statements: Statement[] = [];
    while (this.tokens.peekNonSpace().kind !== 'eof') {
      const statement = this.parseStatement();
      if (typeof statement === 'string') return [new List(statements), statement];
      statements.push(statement);
    }
    this.fail('unexpected EOF');
  }

  /** statement = text | "{{" action . */
  private parseStatement(): Statement | Terminator {
    const token = this.tokens.nextNonSpace();
    if (token.kind === 'text') return new Text(this.positionOf(token), token.text);
    if (token.kind !== 'leftDelimiter') return this.unexpected(token, 'input');
    this.actionLine = this.source.lineAt(token.offset);
    const statement = this.parseAction();
    this.actionLine = undefined;
    return statement;
  }

  /** action = control | pipeline "}}" . */
  private parseAction(): Statement | Terminator {
    const token = this.tokens.nextNonSpace();
    const { kind } = token;
    if (!isControl(kind)) {
      this.tokens.backup();
      const pipeline = this.parsePipeline('command', 'rightDelimiter');
      return new Action(pipeline.position, pipeline);
    }
    switch (kind) {
      case 'block':
      case 'define':
      case 'template':
        return this.fail(`{{${kind}}} is not supported`);
      case 'break':
      case 'continue':
        return this.parseJump(kind, token);
      case 'else':
        return this.parseElse();
      case 'end':
        this.expect('rightDelimiter', 'end');
        return 'end';
      case 'if':
      case 'range':
      case 'with':
        return this.parseBranch(kind);
    }
  }

  /** jump = ( "break" | "continue" ) "}}" , inside a range only. */
  private parseJump(kind: 'break' | 'continue', keyword: Token): Jump {
    const token = this.tokens.nextNonSpace();
    if (token.kind !== 'rightDelimiter') this.unexpected(token, `{{${kind}}}`);
    if (this.rangeDepth === 0) this.fail(`{{${kind}}} outside {{range}}`);
    return new Jump(kind, this.positionOf(keyword));
  }

  /** else = "else" ( "}}" | control ) ; the control's keyword stays for parseBranch. */
  private parseElse(): Terminator {
    const following = this.tokens.peekNonSpace().kind;
    if (following !== 'if' && following !== 'with') this.expect('rightDelimiter', 'else');
    return 'else';
  }

  /**
   * branch = ( "if" | "range" | "with" ) pipeline "}}" list [ else list ] "{{" "end" "}}" .
   *
   * `{{else if x}}…{{end}}` stands for `{{else}}{{if x}}…{{end}}{{end}}`; so does `with` after `with`.
   */
  private parseBranch(kind: BranchKind): Branch {
    this.enter();
    const variablesBefore = this.variables.length;
    const pipeline = this.parsePipeline(kind, 'rightDelimiter');
    if (kind === 'range') this.rangeDepth++;
    const [body, terminator] = this.parseList();
    if (kind === 'range') this.rangeDepth--;
    const otherwise = terminator === 'else' ? this.parseOtherwise(kind) : undefined;
    this.variables.length = variablesBefore;
    this.nesting--;
    return new Branch(kind, pipeline.position, pipeline, body, otherwise);
  }

  private parseOtherwise(kind: BranchKind): List {
    const following = this.tokens.peek();
    if (kind !== 'range' && following.kind === kind) {
      this.tokens.next();
      const branch = this.parseBranch(kind);
      return new List([branch]);
    }
    const [list, terminator] = this.parseList();
    if (terminator !== 'end') this.fail('expected end; found {{else}}');
    return list;
  }

  /** pipeline = [ declarations ] command { "|" command } . */
  private parsePipeline(context: string, end: TokenKind): Pipeline {
    const start = this.tokens.peekNonSpace().offset;
    const { variables, isAssignment } = this.parseDeclarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.tokens.nextNonSpace();
      if (token.kind === end) break;
      if (!isTermStart(token.kind)) this.unexpected(token, context);
      this.tokens.backup();
      commands.push(this.parseCommand());
    }
    const [first, ...others] = commands;
    if (first === undefined) return this.fail(`missing value for ${context}`);
    const stray = others.findIndex((command) => NOT_EXECUTABLE.has(command.operands[0].kind));
    if (stray >= 0) this.fail(`non executable command in pipeline stage ${stray + 2}`);
    const { offset, length } = (others.at(-1) ?? first).position;
    const position = this.source.positionAt(start, offset + length - start);
    return new Pipeline(position, variables, isAssignment, [first, ...others]);
  }

  /**
   * declarations = variable [ "," [ variable ] ] ( ":=" | "=" ) ; two variables only in a range.
   *
   * Go reads `range $i, }}` and `range $x, $y }}` that far, and complains about the missing value.
   */
  private parseDeclarations(context: string): { variables: Variable[]; isAssignment: boolean } {
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
      variables.push(new Variable(this.positionOf(token), token.text, []));
      this.variables.push(token.text);
      if (!isComma) return { variables, isAssignment: following.kind === 'assign' };
      if (context !== 'range' || variables.length >= 2) this.fail(`too many declarations in ${context}`);
      const next = this.tokens.peekNonSpace().kind;
      if (next !== 'variable' && next !== 'rightDelimiter' && next !== 'rightParen') {
        this.fail('range can only initialize variables');
      }
    }
  }

  /** command = operand { space operand } , up to a pipe, which is consumed, or what ends the pipeline. */
  private parseCommand(): Command {
    const start = this.tokens.peekNonSpace().offset;
    const operands: Operand[] = [];
    let position = this.positionFrom(start);
    for (;;) {
      this.tokens.peekNonSpace();
      const operand = this.parseOperand();
      if (operand !== undefined) {
        operands.push(operand);
        position = this.positionFrom(start);
      }
      const token = this.tokens.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'rightDelimiter' || token.kind === 'rightParen') this.tokens.backup();
      else if (token.kind !== 'pipe') this.unexpected(token, 'operand');
      break;
    }
    const [first, ...others] = operands;
    if (first === undefined) return this.fail('empty command');
    return new Command(position, [first, ...others]);
  }

  /** operand = term { field } . Undefined if the next token starts no operand. */
  private parseOperand(): Operand | undefined {
    const term = this.parseTerm();
    if (term === undefined || this.tokens.peek().kind !== 'field') return term;
    const start = this.tokens.peek().offset;
    const fields: string[] = [];
    while (this.tokens.peek().kind === 'field') fields.push(this.tokens.next().text.slice(1));
    const position = this.positionFrom(start);
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
        return this.fail(`unexpected . after term ${quote(term.toString())}`);
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
    const position = this.positionOf(token);
    switch (kind) {
      case 'identifier':
        if (!this.options.functions.has(token.text)) {
          this.fail(`function ${quote(token.text)} not defined`);
        }
        return new Identifier(position, token.text);
      case 'dot':
        return new Dot(position);
      case 'nil':
        return new Nil(position);
      case 'variable':
        if (!this.variables.includes(token.text)) this.fail(`undefined variable ${quote(token.text)}`);
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
      case 'leftParen': {
        this.enter();
        const pipeline = this.parsePipeline('parenthesized pipeline', 'rightParen');
        this.nesting--;
        return pipeline;
      }
    }
  }

  private literal<T>(literal: Literal<T>): T {
    return 'problem' in literal ? this.fail(literal.problem) : literal.value;
  }

  private expect(kind: TokenKind, context: string): void {
    const token = this.tokens.nextNonSpace();
    if (token.kind !== kind) this.unexpected(token, context);
  }

  private enter(): void {
    this.nesting++;
    const maximum = this.options.limits.nesting;
    if (this.nesting <= maximum) return;
    const { name } = this.options;
    const position = this.positionOf(this.tokens.latest);
    const message = `template: ${name}:${position.line}: nesting exceeds the limit of ${maximum}`;
    throw new SourceLimitError(message, name, position, 'nesting', maximum);
  }

  private unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') this.fail(`unexpected ${describeToken(token)} in ${context}`);
    const started = this.actionLine;
    if (started === undefined || started === this.source.lineAt(token.offset)) this.fail(token.text);
    const action = token.text.endsWith(' action') ? '' : ' in action';
    this.fail(`${token.text}${action} started at ${this.options.name}:${started}`);
  }

  /** Go names the line of the token read last, which may lie beyond the one that is wrong. */
  private fail(words: string): never {
    const { name } = this.options;
    const position = this.positionOf(this.tokens.latest);
    throw new TemplateSyntaxError(`template: ${name}:${position.line}: ${words}`, name, position);
  }

  private positionOf(token: Token): Position {
    return this.source.positionAt(token.offset, token.length);
  }

  private positionFrom(start: number): Position {
    return this.source.positionAt(start, this.tokens.consumedEnd - start);
  }
}
