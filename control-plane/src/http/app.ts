import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { InvalidJsonError, invalidUtf8, parseJson } from '@px0/template-engine';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
  type RawServerDefault,
} from 'fastify';
import type { Logger } from 'pino';
import { authenticate, authenticateAgain, type CredentialStore } from './authentication.js';
import { BODY_LIMIT, limitBodies } from './body-limits.js';
import { refuseBrokenRequest } from './broken-requests.js';
import { guardBrowsers, serveDocs } from './browsers.js';
import { Refusal } from './error-catalogue.js';
import { replyNotFound, replyToError } from './error-replies.js';
import { describeApi } from './openapi.js';
import { compileValidator } from './validation.js';

/** The HTTP server that features add their routes to. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Characters of one path segment: a slug of 255 characters, each percent-encoded. */
const PARAM_LIMIT = 4_096;

/** Milliseconds. */
const TIMEOUTS = {
  /** Within which a request's headers must have arrived. */
  headers: 10_000,
  /** Within which all of it must have. */
  request: 30_000,
  /** How often the two are looked after. */
  look: 2_000,
  /** From the headers to the answer; longer than all that a request waits for. */
  answer: 45_000,
  /** Without a byte in either direction. */
  silence: 60_000,
  /** Between requests: longer than load balancers keep a connection that is idle. */
  idle: 72_000,
};

interface AppOptions {
  /** Addresses and networks of proxies whose word on who calls is believed. */
  readonly trustProxy: readonly string[];
  /** Origins whose pages may call from a browser. */
  readonly corsOrigins: readonly string[];
  readonly timeouts?: Readonly<typeof TIMEOUTS>;
}

/** Builds the server: who is calling, validation, errors, logging, documents. Routes come after. */
export async function createApp(
  credentials: CredentialStore,
  log: Logger,
  { trustProxy, corsOrigins, timeouts = TIMEOUTS }: AppOptions,
): Promise<App> {
  const app: App = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    trustProxy: trustProxy.length > 0 && [...trustProxy],
    http: { headersTimeout: timeouts.headers, connectionsCheckingInterval: timeouts.look },
    requestTimeout: timeouts.request,
    handlerTimeout: timeouts.answer,
    connectionTimeout: timeouts.silence,
    keepAliveTimeout: timeouts.idle,
    clientErrorHandler: refuseBrokenRequest,
    routerOptions: { maxParamLength: PARAM_LIMIT },
    // What has begun is finished, also on connections that are kept open.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      void replyToError(error, request as FastifyRequest, reply);
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(compileValidator);
  // Response schemas document; what is sent is what the handlers return.
  app.setSerializerCompiler(() => JSON.stringify);
  app.setErrorHandler(replyToError);
  app.setNotFoundHandler(replyNotFound);
  parseEveryBodyAsJson(app);
  logRequests(app);
  keepNoConnectionAtTheEnd(app);
  limitBodies(app);
  await guardBrowsers(app, corsOrigins);
  app.addHook('onRequest', authenticate(credentials));
  app.addHook('preHandler', authenticateAgain(credentials));
  await describeApi(app);
  await serveDocs(app);
  return app;
}

/**
 * Bodies are JSON whatever their content type says: `curl -d` says something else. They are read as
 * a gateway reads them: UTF-8 and nothing else, and `__proto__` is a name like any other, which
 * JSON.parse makes a property of the object's own.
 */
function parseEveryBodyAsJson(app: App): void {
  app.removeAllContentTypeParsers();
  // Fastify refuses a malformed one before any parser is asked.
  app.addHook('onRequest', async ({ headers }) => {
    headers['content-type'] = 'application/json';
  });
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (request, body, done) => {
    const isAwaited = request.routeOptions.schema?.body !== undefined;
    if (body.length === 0 || !isAwaited) return done(null, undefined);
    try {
      if (!isUtf8(body)) throw invalidUtf8(body);
      done(null, parseJson(body.toString('utf8')));
    } catch (error) {
      const beside = error instanceof InvalidJsonError ? error.trouble : {};
      done(new Refusal('invalid_request_body', { beside: { ...beside } }));
    }
  });
}

/** What is answered while the server closes is the last of its connection: idle, it would hold the end up. */
function keepNoConnectionAtTheEnd(app: App): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}

/** One line a request. Paths are logged without their query, which may hold an address. */
function logRequests(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        path: request.url.split('?', 1)[0],
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request answered',
    );
  });
}
