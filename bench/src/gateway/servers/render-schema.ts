/** Body and answer of a render, for Fastify. */
export const RENDER_SCHEMA = {
  body: {
    type: 'object',
    properties: { variables: { type: 'object' } },
  },
  response: {
    200: {
      type: 'object',
      properties: {
        rendered: { type: 'string' },
        version: { type: 'integer' },
        slug: { type: 'string' },
        tags: { type: 'array', items: { type: 'string' } },
        model: { type: 'string' },
        model_params: { type: 'object', additionalProperties: true },
      },
    },
  },
} as const;
