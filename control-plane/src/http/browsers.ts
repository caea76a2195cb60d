import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** Where the API can be browsed. */
const DOCS = '/docs';
/** Seconds for which a browser need not ask again what a page of another origin may do. */
const PREFLIGHT_AGE = 600;

/**
 * What answers tell browsers: the usual restraints, and which pages of other origins may call.
 * Call before callers are asked who they are: a browser's question beforehand comes without credentials.
 *
 * @param corsOrigins such as https://console.example.com; without any, browsers keep other pages out
 */
export async function guardBrowsers(app: FastifyInstance, corsOrigins: readonly string[]): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      // Off: whether there is a way by https is for those to say who run px0.
      directives: { upgradeInsecureRequests: null },
    },
  });
  if (corsOrigins.length === 0) return;
  openToEveryone(app, (url) => url === '*');
  await app.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: PREFLIGHT_AGE,
    // OPTIONS that is no such question is answered as well, and not refused in words of its own.
    strictPreflight: false,
  });
}

/** Serves the document of the API as pages. Call after it is described. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  openToEveryone(app, (url) => url === DOCS || url.startsWith(`${DOCS}/`));
  await app.register(swaggerUi, {
    routePrefix: DOCS,
    staticCSP: true,
    transformStaticCSP: withoutStrangers,
    // By default the pages have a validator on the internet look at the document.
    uiConfig: { validatorUrl: 'none' },
  });
}

/** What the pages' own policy says beyond what they need, see above. */
function withoutStrangers(policy: string): string {
  return policy.replace(' validator.swagger.io', '').replace(' upgrade-insecure-requests;', '');
}

/** Names the action of routes that plugins add. */
function openToEveryone(app: FastifyInstance, concerns: (url: string) => boolean): void {
  app.addHook('onRoute', (route) => {
    if (concerns(route.url)) route.config = { ...route.config, action: 'documents.read' };
  });
}
