import { fastify } from 'fastify';
import { RENDER_SCHEMA } from './render-schema.js';

/** What a render is answered. */
export interface Rendering {
  readonly rendered: string;
  readonly version: number;
  readonly slug: string;
  readonly tags: readonly string[];
  readonly model: string;
  readonly model_params: object;
}

/** A refusal by HTTP status. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

export interface RenderRoute<Caller> {
  /** @throws {RefusalError} for a key that is unknown */
  authenticate(key: string): Caller | Promise<Caller>;
  /** @throws {RefusalError} for a prompt that the caller does not reach */
  render(caller: Caller, slug: string, variables: object): Rendering | Promise<Rendering>;
}

/**
 * Serves the render route with Fastify as its documentation recommends: schemas for body and answer, no
 * log of requests, the key checked before the body is read.
 *
 * @returns the port
 */
export async function serveWithFastify<Caller>(route: RenderRoute<Caller>): Promise<number> {
  const app = fastify({ logger: false });
  app.decorateRequest('caller', null);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    void reply.code(error.statusCode ?? 500).send({ error: error.message });
  });
  app.post<{ Params: { slug: string }; Body: { variables?: object } }>(
    '/v1/prompts/:slug/render',
    {
      schema: RENDER_SCHEMA,
      onRequest: async (request) => {
        const { authorization = '' } = request.headers;
        if (!authorization.startsWith('Bearer ')) throw new RefusalError(401, 'unauthorized');
        const caller = await route.authenticate(authorization.slice('Bearer '.length));
        request.setDecorator('caller', caller);
      },
    },
    async (request) =>
      route.render(request.getDecorator<Caller>('caller'), request.params.slug, request.body.variables ?? {}),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return Number(new URL(url).port);
}
