import type { Logger } from 'pino';
import { addAccountRoutes } from './accounts/account-routes.js';
import { Registration } from './accounts/registration.js';
import { hashToken } from './accounts/secrets.js';
import { findSession } from './accounts/session-statements.js';
import { Sessions } from './accounts/sessions.js';
import { Verification } from './accounts/verification.js';
import { addApiKeyRoutes } from './api-keys/api-key-routes.js';
import { findKeyCaller, touchApiKey } from './api-keys/api-key-statements.js';
import { ApiKeys } from './api-keys/api-keys.js';
import { AuditLog } from './audit/audit-log.js';
import { addAuditRoutes } from './audit/audit-routes.js';
import type { Config } from './config.js';
import { StartupError } from './database/connection-trouble.js';
import { Database } from './database/database.js';
import { addHealthRoutes } from './health/health-routes.js';
import { type App, createApp } from './http/app.js';
import type { CredentialStore } from './http/authentication.js';
import { Mailer } from './mail/mailer.js';
import { addMyRoutes } from './organizations/my-routes.js';
import { PromptLookup } from './prompts/prompt-lookup.js';
import { addPromptRoutes } from './prompts/prompt-routes.js';
import { Prompts } from './prompts/prompts.js';
import { createFeedWriter } from './publishing/feed-writer.js';
import { Publisher } from './publishing/publisher.js';
import { addRenderRoutes } from './rendering/render-routes.js';
import { Renderer } from './rendering/renderer.js';
import { addLifecycleRoutes } from './versions/lifecycle-routes.js';
import { addTagRoutes } from './versions/tag-routes.js';
import { addVersionRoutes } from './versions/version-routes.js';
import { Versions } from './versions/versions.js';

/** A control plane, built and not yet listening. */
export interface ControlPlane {
  /**
   * Answers requests, and publishes what they change.
   *
   * @throws {StartupError} if the port cannot be had
   */
  listen(): Promise<{ port: number }>;
  /** Stops listening, finishes what has begun (requests, mails, a step of publishing), and disconnects. */
  close(): Promise<void>;
}

/** Puts the control plane together. The database must have been migrated; nothing is connected yet. */
export async function createControlPlane(config: Config, { log }: { log: Logger }): Promise<ControlPlane> {
  const { databaseUrl, redisUrl, redisPrefix, smtpUrl } = config;
  const database = new Database(databaseUrl, log);
  const mailer = new Mailer({ smtpUrl, from: config.mailFrom, log });
  const writer = createFeedWriter({ databaseUrl, redisUrl, redisPrefix });
  const publisher = new Publisher({ databaseUrl, writer, log });

  const lookup = new PromptLookup(database);
  const versions = new Versions(database, lookup);
  const app = await createApp(credentialsIn(database), log);
  addHealthRoutes(app, [
    { name: 'postgres', isVital: true, probe: () => database.query('select') },
    { name: 'feed', isVital: false, probe: () => writer.head() },
  ]);
  addAccountRoutes(app, {
    registration: new Registration(database, mailer),
    verification: new Verification(database, mailer),
    sessions: new Sessions(database, config.sessionHours),
  });
  addMyRoutes(app, database);
  addApiKeyRoutes(app, new ApiKeys(database));
  addAuditRoutes(app, new AuditLog(database));
  addPromptRoutes(app, { prompts: new Prompts(database), lookup, versions });
  addVersionRoutes(app, versions);
  addLifecycleRoutes(app, versions);
  addTagRoutes(app, versions);
  addRenderRoutes(app, new Renderer(database, lookup, versions));

  return {
    listen: async () => {
      const port = await listen(app, config);
      publisher.start();
      return { port };
    },
    close: async () => {
      await app.close();
      await mailer.close();
      await publisher.stop();
      await writer.close();
      await database.close();
    },
  };
}

function credentialsIn(database: Database): CredentialStore {
  return {
    findSession: (token) => findSession(database, hashToken(token)),
    findApiKey: async (hash) => {
      const found = await findKeyCaller(database, hash);
      if (found?.isUseStale) await touchApiKey(database, found.caller.id);
      return found?.caller;
    },
  };
}

async function listen(app: App, { port, host }: Config): Promise<number> {
  try {
    await app.listen({ port, host });
  } catch (cause) {
    throw listenTrouble(cause, port, host);
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function listenTrouble(cause: unknown, port: number, host: string): unknown {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'EADDRINUSE':
      return new StartupError(
        `Port ${port} is in use. Stop what listens there, or set PX0_CONTROL_PORT to another one.`,
        { cause },
      );
    case 'EACCES':
      return new StartupError(
        `Port ${port} may not be opened by this user. Set PX0_CONTROL_PORT to one above 1023.`,
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartupError(`This machine has no address ${host} to listen on. Correct PX0_CONTROL_HOST.`, {
        cause,
      });
    default:
      return cause;
  }
}
