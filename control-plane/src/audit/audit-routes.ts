import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { OrganizationParams } from '../organizations/organization-schemas.js';
import type { AuditLog } from './audit-log.js';
import { AuditPage, AuditQuery } from './audit-schemas.js';

/** Reading an organization's audit log. */
export function addAuditRoutes(app: App, auditLog: AuditLog): void {
  app.get(
    '/v1/orgs/:orgId/audit-log',
    {
      config: { action: 'audit_log.read' },
      schema: {
        operationId: 'listAuditLog',
        tags: ['audit log'],
        summary: 'Who changed what in an organization, newest first',
        description:
          'Every change of the organization, its teams, members, join requests, API keys, prompts, versions, tags and payloads leaves an entry in the moment in which it takes effect. Of an update, before and after hold the changed fields alone; a value of more than 8 KiB is told by its size and digest. What is deleted or moved along with something else has no entry of its own. Changes of accounts themselves (address, password) belong to no organization, and are not shown. Entries cannot be changed or removed.',
        params: OrganizationParams,
        querystring: AuditQuery,
        response: answers({ 200: AuditPage }, [
          'invalid_id',
          'invalid_query',
          'unauthorized',
          'forbidden',
          'organization_not_found',
        ]),
      },
    },
    (request) => auditLog.list(request.params.orgId, request.query, request.access),
  );
}
