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

/** The body of the request that all servers are sent. */
export const REQUEST_BODY = JSON.stringify({
  variables: { name: 'Zoë', isPremium: true, topics: ['refunds', 'shipping'] },
});

/** The body of the answer that all servers give. */
export const ANSWER = JSON.stringify({
  rendered: 'You are a customer support agent.\nGreet Zoë, a premium customer.\nrefunds, shipping',
  version: PROMPT.version,
  slug: PROMPT.slug,
  tags: PROMPT.tags,
  model: PROMPT.model,
  model_params: PROMPT.model_params,
});

export const RENDER_PATH = `/v1/prompts/${PROMPT.slug}/render`;
