import { quote } from '../format/quote.js';
import { Action, Branch, type BranchKind, Jump, List, type Statement, TemplateCall, Text } from './ast.js';
import { ParseContext, type ParserOptions } from './parse-context.js';
import { PipelineParser } from './pipeline-parser.js';
import { parseString } from './string-literal.js';
import { isControl, type Token } from './token.js';
import type { TokenStream } from './token-stream.js';
import { VariablesInSight } from './variables-in-sight.js';

/** What ends a list: `{{end}}`, `{{else}}`, or the `{{else` of an `{{else if …}}`. */
type Terminator = 'end' | 'else';

/** A parsed source: the template itself, and those that it defines. */
export interface ParsedTemplate {
  readonly body: List;
  /** By name, quoted as Go quotes it. */
  readonly definitions: ReadonlyMap<string, List>;
}

/**
 * Parses a template.
 *
 * @throws {TemplateSyntaxError} at the first mistake, in Go's words
 * @throws {SourceLimitError} when structures nest deeper than `limits.nesting`
 */
export function parse(source: string, options: ParserOptions): ParsedTemplate {
  return new Parser(new ParseContext(source, options)).parseTemplate();
}

interface Definition {
  readonly list: List;
  /** Looked at once: a name may be defined ten thousand times. */
  readonly isBlank: boolean;
}

/** Recursive descent with three tokens of look-ahead; one method per rule of the grammar. */
class Parser {
  private readonly context: ParseContext;
  private readonly tokens: TokenStream;
  private readonly pipelines: PipelineParser;
  private readonly definitions = new Map<string, Definition>();
  private rangeDepth = 0;

  constructor(context: ParseContext) {
    this.context = context;
    this.tokens = context.tokens;
    this.pipelines = new PipelineParser(context);
  }

  /** template = { definition | statement } . */
  parseTemplate(): ParsedTemplate {
    const statements: Statement[] = [];
    while (this.tokens.peek().kind !== 'eof') {
      const statement = this.parseStatement(true);
      if (typeof statement === 'string') this.context.fail(`unexpected {{${statement}}}`);
      if (statement !== undefined) statements.push(statement);
    }
    const own = quote(this.context.options.name);
    const body = this.define(own, new List(statements));
    this.definitions.delete(own);
    return { body, definitions: new Map([...this.definitions].map(([name, { list }]) => [name, list])) };
  }

  /** list = { statement } , up to the `{{end}}` or `{{else}}` that closes it. */
  private parseList(): [List, Terminator] {
    const statements: Statement[] = [];
    while (this.tokens.peekNonSpace().kind !== 'eof') {
      const statement = this.parseStatement(false);
      if (typeof statement === 'string') return [new List(statements), statement];
      if (statement !== undefined) statements.push(statement);
    }
    this.context.fail('unexpected EOF');
  }

  /** statement = text | "{{" action . Undefined for a definition, which only the outermost list may hold. */
  private parseStatement(isOutermost: boolean): Statement | Terminator | undefined {
    const token = this.tokens.nextNonSpace();
    if (token.kind === 'text') return new Text(this.context.positionOf(token), token.text);
    if (token.kind !== 'leftDelimiter') return this.context.unexpected(token, 'input');
    if (isOutermost && this.tokens.peekNonSpace().kind === 'define') {
      this.tokens.next();
      this.parseDefinition();
      return undefined;
    }
    this.context.actionLine = this.context.lineOf(token);
    const statement = this.parseAction();
    this.context.actionLine = undefined;
    return statement;
  }

  /** definition = "{{" "define" name "}}" list "{{" "end" "}}" . The keyword is past. */
  private parseDefinition(): void {
    const name = this.parseName(this.tokens.nextNonSpace(), 'define clause');
    this.context.expect(['rightDelimiter'], 'define clause');
    this.parseDefined(name, 'define clause');
  }

  /**
   * Whichever definition of a name is not empty counts; two of them are a mistake.
   *
   * @returns the one that counts so far
   */
  private define(name: string, list: List): List {
    const earlier = this.definitions.get(name);
    const blank = isBlank(list);
    if (earlier === undefined || earlier.isBlank) {
      this.definitions.set(name, { list, isBlank: blank });
      return list;
    }
    if (!blank) this.context.fail(`template: multiple definition of template ${name}`);
    return earlier.list;
  }

  /** The list of a definition or a block: it sees no variables, and no range, of what stands around it. */
  private parseDefined(name: string, role: string): void {
    const { actionLine } = this.context;
    const { variables } = this.pipelines;
    const { rangeDepth } = this;
    const { latest } = this.tokens;
    this.context.actionLine = undefined;
    this.pipelines.variables = new VariablesInSight();
    this.rangeDepth = 0;
    const [list, terminator] = this.context.nested(() => this.parseList());
    if (terminator !== 'end') {
      // Of a block Go names the line on which its head ends.
      const at = role === 'block clause' ? latest : this.tokens.latest;
      this.context.fail(`unexpected {{${terminator}}} in ${role}`, at);
    }
    this.define(name, list);
    this.context.actionLine = actionLine;
    this.pipelines.variables = variables;
    this.rangeDepth = rangeDepth;
  }

  /** action = control | pipeline "}}" . */
  private parseAction(): Statement | Terminator {
    const token = this.tokens.nextNonSpace();
    const { kind } = token;
    if (!isControl(kind) || kind === 'define') {
      this.tokens.backup();
      const pipeline = this.pipelines.parse('command', 'rightDelimiter');
      return new Action(pipeline.position, pipeline);
    }
    switch (kind) {
      case 'block':
        return this.parseBlock();
      case 'template':
        return this.parseTemplateCall();
      case 'break':
      case 'continue':
        return this.parseJump(kind, token);
      case 'else':
        return this.parseElse();
      case 'end':
        this.context.expect(['rightDelimiter'], 'end');
        return 'end';
      case 'if':
      case 'range':
      case 'with':
        return this.parseBranch(kind);
    }
  }

  /** block = "block" name pipeline "}}" list "{{" "end" "}}" , a definition and a call of it. */
  private parseBlock(): TemplateCall {
    const token = this.tokens.nextNonSpace();
    const name = this.parseName(token, 'block clause');
    const pipeline = this.pipelines.parse('block clause', 'rightDelimiter');
    this.parseDefined(name, 'block clause');
    return new TemplateCall(this.context.positionOf(token), name, pipeline);
  }

  /** call = "template" name [ pipeline ] "}}" . Variables that the pipeline declares stay in sight. */
  private parseTemplateCall(): TemplateCall {
    const token = this.tokens.nextNonSpace();
    const name = this.parseName(token, 'template clause');
    const position = this.context.positionOf(token);
    if (this.tokens.nextNonSpace().kind === 'rightDelimiter') {
      return new TemplateCall(position, name, undefined);
    }
    this.tokens.backup();
    return new TemplateCall(position, name, this.pipelines.parse('template clause', 'rightDelimiter'));
  }

  private parseName(token: Token, role: string): string {
    if (token.kind !== 'string' && token.kind !== 'rawString') this.context.unexpected(token, role);
    const literal = parseString(token.text);
    return 'problem' in literal ? this.context.fail(literal.problem) : quote(literal.value);
  }

  /** jump = ( "break" | "continue" ) "}}" , inside a range only. */
  private parseJump(kind: 'break' | 'continue', keyword: Token): Jump {
    this.context.expect(['rightDelimiter'], `{{${kind}}}`);
    if (this.rangeDepth === 0) this.context.fail(`{{${kind}}} outside {{range}}`);
    return new Jump(kind, this.context.positionOf(keyword));
  }

  /** else = "else" ( "}}" | control ) ; the control's keyword stays for parseBranch. */
  private parseElse(): Terminator {
    const following = this.tokens.peekNonSpace().kind;
    if (following !== 'if' && following !== 'with') this.context.expect(['rightDelimiter'], 'else');
    return 'else';
  }

  /**
   * branch = ( "if" | "range" | "with" ) pipeline "}}" list [ else list ] "{{" "end" "}}" .
   *
   * `{{else if x}}…{{end}}` stands for `{{else}}{{if x}}…{{end}}{{end}}`; so does `with` after `with`.
   */
  private parseBranch(kind: BranchKind): Branch {
    const { variables } = this.pipelines;
    const { depth } = variables;
    const branch = this.context.nested(() => {
      const pipeline = this.pipelines.parse(kind, 'rightDelimiter');
      if (kind === 'range') this.rangeDepth++;
      const [body, terminator] = this.parseList();
      if (kind === 'range') this.rangeDepth--;
      const otherwise = terminator === 'else' ? this.parseOtherwise(kind) : undefined;
      return new Branch(kind, pipeline.position, pipeline, body, otherwise);
    });
    variables.leave(depth);
    return branch;
  }

  private parseOtherwise(kind: BranchKind): List {
    const following = this.tokens.peek();
    if (kind !== 'range' && following.kind === kind) {
      this.tokens.next();
      const branch = this.parseBranch(kind);
      return new List([branch]);
    }
    const [list, terminator] = this.parseList();
    if (terminator !== 'end') this.context.fail('expected end; found {{else}}');
    return list;
  }
}

/** Whether a list holds nothing but space: `{{define}}` may then give its name a meaning later. */
function isBlank({ statements }: List): boolean {
  return statements.every((statement) => statement.kind === 'text' && isGoSpace(statement.text));
}

/** Go's unicode.IsSpace, which takes U+0085 for space, and not U+FEFF. */
function isGoSpace(text: string): boolean {
  return /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/.test(text);
}
