import { decodeDocument } from '@px0/contract';
import { elementsOf, membersOf } from '@px0/render-gateway/parts';
import {
  compile,
  type JsonObject,
  LimitExceededError,
  load,
  parseJson,
  type Template,
} from '@px0/template-engine';
import { PROMPT, REQUEST_BODY } from '../gateway/prompt.js';
import { type FeedEntry, type FeedPrompt, Tenant } from '../measuring/feed.js';

/** Something that the gateway does, and how much of it one call does. */
export interface Cost {
  readonly name: string;
  /** What is counted. */
  readonly unit: string;
  /** In one call of {@link work}. */
  readonly units: number;
  readonly work: () => unknown;
}

const KIB = 1024;

/** @returns what is to be measured */
export function costs(): readonly Cost[] {
  return [...renderings(), ...bodies(), ...documents(), ...outlines()];
}

function renderings(): Cost[] {
  const fields = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`field_${index}`, 'some value']),
  );
  const templates: [string, string, JsonObject][] = [
    ['render: a float printed', '{{range 300}}{{$.f}}{{end}}', { f: 1.1e-300 }],
    ['render: a float printed by %v', '{{range 300}}{{printf "%v" $.f}}{{end}}', { f: 1.1e-300 }],
    [
      'render: fields',
      `{{range 30}}${Object.keys(fields)
        .map((name) => `{{$.${name}}}`)
        .join('')}{{end}}`,
      fields,
    ],
    [
      'render: a loop over a list',
      '{{range .n}}{{.}}{{end}}',
      { n: Array.from({ length: 300 }, () => 'item') },
    ],
  ];
  return templates.map(([name, source, data]) => {
    const template = load(compile(source, { name: 'cost' }));
    return { name, unit: 'step', units: stepsOf(template, data), work: () => template.render(data) };
  });
}

/** @returns the least limit on steps within which it renders */
function stepsOf(template: Template, data: JsonObject): number {
  let [low, high] = [0, 1_000_000];
  while (low + 1 < high) {
    const steps = Math.floor((low + high) / 2);
    try {
      template.render(data, { limits: { steps } });
      high = steps;
    } catch (error) {
      if (!(error instanceof LimitExceededError)) throw error;
      low = steps;
    }
  }
  return high;
}

function bodies(): Cost[] {
  const objects = `{"variables":{"n":[{}${',{}'.repeat((64 * KIB) / 3 - 20)}]}}`;
  const texts = JSON.stringify({ variables: { text: 'Some words of a text. '.repeat(2_900) } });
  return [
    {
      name: 'read a body: nothing but empty objects',
      unit: 'byte',
      units: objects.length,
      work: () => parseJson(objects),
    },
    { name: 'read a body: a long text', unit: 'byte', units: texts.length, work: () => parseJson(texts) },
    {
      name: `read a body: the ${Buffer.byteLength(REQUEST_BODY)} bytes of bench gateway`,
      unit: 'body',
      units: 1,
      work: () => parseJson(REQUEST_BODY),
    },
  ];
}

function documents(): Cost[] {
  const tenant = new Tenant();
  const entry = (prompt: FeedPrompt, kind: string): FeedEntry => {
    const found = tenant.entriesOf(prompt).find(({ key }) => key.startsWith(`${kind}:`));
    if (found === undefined) throw new Error(`a prompt has no ${kind} document`);
    return found;
  };
  const versionOf = (template: string) => entry({ slug: 'some', template }, 'version');
  // As many lists as a version may have that worker threads load.
  const many = versionOf('{{$}}'.repeat(230));
  const judged: [string, FeedEntry][] = [
    ['a key', tenant.keyEntry()],
    ['a slug', entry(PROMPT, 'slug')],
    ['a prompt', entry(PROMPT, 'prompt')],
    [`a version of ${PROMPT.template.length} characters`, entry(PROMPT, 'version')],
    [`a version of ${CHAT.length} characters, 30 fields`, versionOf(CHAT)],
    ['a version, among the longest to load', versionOf('{{$}}'.repeat(50_000))],
  ];
  return [
    ...judged.map(
      ([name, document]): Cost => ({
        name: `judge a document: ${name}`,
        unit: 'document',
        units: 1,
        work: () => judge(document),
      }),
    ),
    {
      name: 'judge a document: a version, by its lists',
      unit: 'list',
      units: many.body.split('[').length - 1,
      work: () => judge(many),
    },
  ];
}

const CHAT = Array.from(
  { length: 30 },
  (_, index) => `${'Some words of a prompt. '.repeat(11)}{{.field_${index}}}\n`,
).join('');

/** As the gateway does, before a document takes the place of the state before. */
function judge({ key, body }: FeedEntry): unknown {
  const document = decodeDocument(key, body);
  return document.kind === 'version' ? load(document.program) : document;
}

function outlines(): Cost[] {
  const render = `{"slug":"large","variables":{"n":[{}${',{}'.repeat(3_000)}]}}`;
  const text = `{"renders":[${Array.from({ length: 100 }, () => render).join(',')}]}`;
  const bytes = Buffer.from(text);
  const whole = { start: 0, end: bytes.length };
  return [
    {
      name: 'a batch: its renders found by their outline',
      unit: 'byte',
      units: bytes.length,
      work: () => {
        const renders = membersOf(bytes, whole, ['renders'], 100)?.get('renders');
        return renders && elementsOf(bytes, renders, 101);
      },
    },
    { name: 'a batch: read as JSON', unit: 'byte', units: bytes.length, work: () => parseJson(text) },
  ];
}
