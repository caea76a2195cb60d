import { quote, quotePrefix } from '../format/quote.js';
import { utf8Length } from '../values/utf8.js';

/** Words that are no names. */
const KEYWORDS = [
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
] as const;

type Keyword = (typeof KEYWORDS)[number];
/** What an action may start with instead of a pipeline. */
export type Control = Exclude<Keyword, 'nil'>;

export type TokenKind =
  | Keyword
  | 'assign' // =
  | 'bool'
  | 'character' // any other printable ASCII character, such as a comma
  | 'complex' // 1+2i
  | 'declare' // :=
  | 'dot' // the cursor
  | 'eof'
  | 'error' // the text says what is wrong
  | 'field' // .name
  | 'identifier'
  | 'leftDelimiter'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString' // with its back quotes
  | 'rightDelimiter'
  | 'rightParen'
  | 'rune' // 'x', with its quotes
  | 'space'
  | 'string' // with its quotes
  | 'text'
  | 'variable'; // $name, or $ alone

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** In UTF-16 code units. */
  readonly offset: number;
  readonly length: number;
}

const keywords: ReadonlySet<string> = new Set(KEYWORDS);

export function isKeyword(word: string): word is Keyword {
  return keywords.has(word);
}

export function isControl(word: string): word is Control {
  return keywords.has(word) && word !== 'nil';
}

/** @returns the token as Go's error messages show it */
export function describeToken(token: Token): string {
  if (token.kind === 'eof') return 'EOF';
  if (token.kind === 'dot' || isKeyword(token.kind)) return `<${token.text}>`;
  return utf8Length(token.text) > 10 ? `${quotePrefix(token.text, 10)}...` : quote(token.text);
}
