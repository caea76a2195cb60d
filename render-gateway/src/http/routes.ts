import type { HttpRequest, HttpResponse, TemplatedApp } from 'uWebSockets.js';
import { refusal } from '../errors.js';
import { Exchange, type ExchangeHost } from './exchange.js';

export type Handler = (exchange: Exchange, request: HttpRequest) => void;

/** A path, and what answers it. GET answers HEAD as well. */
export interface Route {
  /** As uWebSockets.js has it: `:name` stands for any segment. */
  readonly pattern: string;
  readonly method: 'get' | 'post';
  readonly handle: Handler;
}

const METHODS: Readonly<Record<Route['method'], string>> = {
  get: 'GET, HEAD, OPTIONS',
  post: 'POST, OPTIONS',
};

/**
 * Adds routes, and answers to all that they leave: OPTIONS, as CORS has it; 405 for other methods of
 * their paths; 404 for other paths.
 * @param onRequest called before each
 */
export function addRoutes(
  app: TemplatedApp,
  host: ExchangeHost,
  routes: readonly Route[],
  onRequest: () => void,
): void {
  const answerWith = (handle: Handler) => (response: HttpResponse, request: HttpRequest) => {
    onRequest();
    const exchange = new Exchange(host, response, request);
    try {
      handle(exchange, request);
    } catch (error) {
      exchange.fail(error);
    }
  };
  const answerHeadWith = (handle: Handler) =>
    answerWith((exchange, request) => {
      // Asked even of routes for all methods: what follows an answer to HEAD is the next answer.
      if (request.getCaseSensitiveMethod() === 'HEAD') exchange.expectHead();
      handle(exchange, request);
    });

  for (const { pattern, method, handle } of routes) {
    const methods = METHODS[method];
    app[method](pattern, answerWith(handle));
    if (method === 'get') app.head(pattern, answerHeadWith(handle));
    app.options(
      pattern,
      answerWith((exchange, request) => {
        const asked = request.getHeader('access-control-request-method') !== '';
        const cors = asked ? host.cors.preflightLinesFor(request.getHeader('origin'), methods) : '';
        exchange.answerEmpty(`\r\nallow: ${methods}${cors}`);
      }),
    );
    app.any(
      pattern,
      answerHeadWith((exchange) => exchange.refuse(refusal.methodNotAllowed, `\r\nallow: ${methods}`)),
    );
  }
  app.any(
    '/*',
    answerHeadWith((exchange) => exchange.refuse(refusal.notFound)),
  );
}
