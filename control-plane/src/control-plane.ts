import type { Logger } from 'pino';
import { addAccountRoutes } from './accounts/account-routes.js';
import { CodeMails } from './accounts/code-mails.js';
import { Passwords } from './accounts/passwords.js';
import { Profile } from './accounts/profile.js';
import { Registration } from './accounts/registration.js';
import { Sessions } from './accounts/sessions.js';
import { Verification } from './accounts/verification.js';
import { addApiKeyRoutes } from './api-keys/api-key-routes.js';
import { ApiKeys } from './api-keys/api-keys.js';
import { createKeyUseCollector } from './api-keys/key-use-collectors.js';
import { KeyUses } from './api-keys/key-uses.js';
import { AuditLog } from './audit/audit-log.js';
import { addAuditRoutes } from './audit/audit-routes.js';
import type { Config } from './config.js';
import { credentialsIn } from './credentials.js';
import { Database } from './database/database.js';
import { addHealthRoutes } from './health/health-routes.js';
import type { ApiDocument } from './http/api-document.js';
import { createApp } from './http/app.js';
import { listen } from './http/listen.js';
import { addJoinRequestRoutes } from './join-requests/join-request-routes.js';
import { JoinRequests } from './join-requests/join-requests.js';
import { Limits } from './limits/limits.js';
import { createMailTransport } from './mail/mail-transport.js';
import { MailWorker } from './mail/mail-worker.js';
import { addMemberRoutes } from './organizations/member-routes.js';
import { Members } from './organizations/members.js';
import { addMyRoutes } from './organizations/my-routes.js';
import { addOrganizationRoutes } from './organizations/organization-routes.js';
import { Organizations } from './organizations/organizations.js';
import { addPeopleRoutes } from './organizations/people-routes.js';
import { addTeamRoutes } from './organizations/team-routes.js';
import { Teams } from './organizations/teams.js';
import { addPayloadRoutes } from './payloads/payload-routes.js';
import { Payloads } from './payloads/payloads.js';
import { addPromptChangeRoutes } from './prompts/prompt-change-routes.js';
import { PromptLookup } from './prompts/prompt-lookup.js';
import { addPromptRoutes } from './prompts/prompt-routes.js';
import { Prompts } from './prompts/prompts.js';
import { createFeedWriter } from './publishing/feed-writer.js';
import { Publisher } from './publishing/publisher.js';
import { sessionsIn } from './publishing/publisher-session.js';
import { BatchRenderer } from './rendering/batch-renderer.js';
import { addRenderRoutes } from './rendering/render-routes.js';
import { Renderer } from './rendering/renderer.js';
import { createFeedHouse } from './rollouts/feed-house.js';
import { addRolloutRoutes } from './rollouts/rollout-routes.js';
import { Rollouts } from './rollouts/rollouts.js';
import { addDiffRoutes } from './versions/diff-routes.js';
import { addLifecycleRoutes } from './versions/lifecycle-routes.js';
import { addTagRoutes } from './versions/tag-routes.js';
import { VersionDiffs } from './versions/version-diffs.js';
import { addVersionRoutes } from './versions/version-routes.js';
import { Versions } from './versions/versions.js';

/** A control plane, built and not yet listening. */
export interface ControlPlane {
  /** @returns the OpenAPI document that `/openapi.json` answers. Needs neither port nor database. */
  describe(): Promise<ApiDocument>;
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
  const { databaseUrl, redisUrl, redisPrefix, smtpUrl, sessionHours, codeTries } = config;
  const database = new Database(databaseUrl, log);
  const limits = new Limits(config, log);
  const mailWorker = new MailWorker({
    database,
    writer: new CodeMails(database),
    transport: createMailTransport({ smtpUrl, from: config.mailFrom, log }),
    log,
  });
  const writer = createFeedWriter({ databaseUrl, redisUrl, redisPrefix });
  const publisher = new Publisher({ openSession: sessionsIn(databaseUrl, log), writer, log });
  const collector = createKeyUseCollector(config, database);
  const keyUses = new KeyUses({ queries: database, collector, log });
  const house = createFeedHouse(config, database);
  const rollouts = new Rollouts({ queries: database, house, log });

  const lookup = new PromptLookup(database);
  const versions = new Versions(database, lookup);
  const app = await createApp(credentialsIn(database, keyUses), log, config);
  addHealthRoutes(app, [
    { name: 'postgres', isVital: true, probe: () => database.query('select') },
    { name: 'feed', isVital: false, probe: () => writer.head() },
  ]);
  addAccountRoutes(app, {
    registration: new Registration({ database, limits, mailWorker }),
    verification: new Verification({ database, limits, mailWorker, codeTries }),
    sessions: new Sessions({ database, limits, sessionHours }),
    profile: new Profile({ database, limits, mailWorker }),
    passwords: new Passwords({ database, limits, mailWorker }),
  });
  const organizations = new Organizations(database);
  const teams = new Teams(database);
  const members = new Members(database);
  addMyRoutes(app, { organizations, teams, members });
  addOrganizationRoutes(app, organizations);
  addPeopleRoutes(app, members);
  addTeamRoutes(app, teams);
  addMemberRoutes(app, members);
  addJoinRequestRoutes(app, new JoinRequests(database));
  addApiKeyRoutes(app, new ApiKeys(database));
  addAuditRoutes(app, new AuditLog(database));
  const prompts = new Prompts(database, lookup);
  addPromptRoutes(app, { prompts, lookup, versions });
  addPromptChangeRoutes(app, prompts);
  addVersionRoutes(app, versions);
  addLifecycleRoutes(app, { versions, rollouts });
  addRolloutRoutes(app, { lookup, rollouts });
  addTagRoutes(app, versions);
  addDiffRoutes(app, new VersionDiffs(database, lookup));
  addPayloadRoutes(app, new Payloads(database, lookup));
  const renderer = new Renderer(database, lookup, versions);
  addRenderRoutes(app, renderer, new BatchRenderer(database, lookup, renderer));

  return {
    describe: async () => {
      await app.ready();
      return app.swagger() as unknown as ApiDocument;
    },
    listen: async () => {
      await limits.connect();
      const port = await listen(app, config);
      mailWorker.start();
      publisher.start();
      keyUses.start();
      return { port };
    },
    close: async () => {
      rollouts.endWaits();
      await app.close();
      await house.close();
      await mailWorker.stop();
      limits.close();
      await publisher.stop();
      await writer.close();
      await keyUses.close();
      await collector.close();
      await database.close();
    },
  };
}
