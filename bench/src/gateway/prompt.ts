/** The prompt that is rendered: fields, a condition, a loop with an index. */
export const PROMPT = {
  slug: 'support_greeting',
  template: [
    'You are a customer support agent.',
    'Greet {{.name}}{{if .isPremium}}, a premium customer{{end}}.',
    '{{range $i, $topic := .topics}}{{if $i}}, {{end}}{{$topic}}{{end}}',
  ].join('\n'),
  version: 1,
  tags: ['production'],
  model: 'openai/gpt-4.1-mini',
  model_params: { temperature: 0.2 },
} as const;

export type BenchPrompt = typeof PROMPT;

/** A body that a server is sent, and the body of its answer. */
export interface Case {
  readonly request: string;
  readonly answer: string;
}

function caseOf(number: number): Case {
  const name = `Zoë ${String(number).padStart(3, '0')}`;
  return {
    request: JSON.stringify({ variables: { name, isPremium: true, topics: ['refunds', 'shipping'] } }),
    answer: JSON.stringify({
      rendered: `You are a customer support agent.\nGreet ${name}, a premium customer.\nrefunds, shipping`,
      version: PROMPT.version,
      slug: PROMPT.slug,
      tags: PROMPT.tags,
      model: PROMPT.model,
      model_params: PROMPT.model_params,
    }),
  };
}

/** Bodies that differ, and so do their answers; all requests have the same length, and so have all answers. */
export const CASES: readonly Case[] = Array.from({ length: 1_000 }, (_, number) => caseOf(number));

/** The one that is sent wherever one is enough. */
export const { request: REQUEST_BODY, answer: ANSWER } = caseOf(0);

/** What servers are sent: the gateway remembers the answer to the body that a version got last. */
export const BODIES = {
  same: { label: 'the same body', bodies: [REQUEST_BODY] },
  others: { label: 'another body each time', bodies: CASES.map(({ request }) => request) },
} as const;

export type BodiesName = keyof typeof BODIES;
export const BODIES_NAMES = Object.keys(BODIES) as readonly BodiesName[];

export const RENDER_PATH = `/v1/prompts/${PROMPT.slug}/render`;
