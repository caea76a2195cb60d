/** What a hostile tenant does, over and over. */
export interface Attack {
  /** What it goes for. */
  readonly name: string;
  /** Templates of its prompts, called in turn. */
  readonly templates: readonly string[];
  /** Of each of its requests. */
  readonly body: string;
  /** Of the gateway, where the limit is out of reach otherwise. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What its renders are refused with; undefined: they are answered. */
  readonly words: RegExp | undefined;
}

const MIB = 1024 * 1024;
const variables = (value: unknown) => JSON.stringify({ variables: value });
/** A mebibyte of empty objects takes 50 times its size once it is read, and longest to read. */
const MANY_OBJECTS = `{"variables":{"n":[{}${',{}'.repeat(MIB / 3 - 100)}]}}`;
const OVER = 'rendering exceeds the limit of';

/** Each limit that a render has, in turn. What is not refused at its limit may be refused for lack of room. */
export const ATTACKS: readonly Attack[] = [
  {
    name: 'steps',
    templates: ['{{range 999999999}}{{end}}'],
    body: variables({}),
    words: new RegExp(`${OVER} 1000000 on steps`),
  },
  {
    name: 'output',
    templates: ['{{range 999999}}{{$.text}}{{end}}'],
    body: variables({ text: '<\u0001é>'.repeat(8_000) }),
    words: new RegExp(`${OVER} 1048576 on outputBytes`),
  },
  {
    name: 'output just within',
    templates: ['{{range 30}}{{$.text}}{{end}}'],
    body: variables({ text: '<\u0001é>'.repeat(6_500) }),
    words: undefined,
  },
  {
    name: 'memory',
    templates: [
      '{{define "r"}}{{$a := print .x "abcdefghijkl"}}{{$b := 1}}{{template "r" .}}{{end}}{{template "r" .}}',
    ],
    body: MANY_OBJECTS.replace('"n":', '"x":"abcdefghijkl","n":'),
    environment: { PX0_POOL_MEMORY: String(64 * MIB), PX0_RENDER_TIMEOUT: '10000' },
    words: /memory limit exceeded/,
  },
  {
    name: 'recursion',
    templates: ['{{define "r"}}{{template "r"}}{{end}}{{template "r"}}'],
    body: variables({}),
    words: /exceeded maximum template depth \(100000\)/,
  },
  {
    name: 'time',
    templates: ['{{range .n}}{{range $.n}}{{printf "%v" $.f | len | eq 0}}{{end}}{{end}}'],
    body: variables({
      n: Array.from({ length: 1_000 }, () => 0),
      f: Array.from({ length: 1_000 }, () => 1.1e-300),
    }),
    words: /time limit exceeded|exceeds the limit/,
  },
  {
    name: 'long templates',
    templates: ['a', 'b', 'c', 'd'].map((name) => `{{.${name}}}`.repeat(40_000)),
    body: variables({ a: '', b: '', c: '', d: '' }),
    words: undefined,
  },
  {
    name: 'long bodies',
    templates: ['{{len .n}}'],
    body: MANY_OBJECTS,
    words: undefined,
  },
];
