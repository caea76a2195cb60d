import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { sliceOf } from '../http/paging.js';
import { ListQuery } from '../organizations/organization-schemas.js';
import { TeamParams } from '../organizations/team-schemas.js';
import { InboxAnswer, JoinRequest, JoinRequestParams, Resolution } from './join-request-schemas.js';
import type { JoinRequests } from './join-requests.js';

const tags = ['join requests'];

/** Asking to join a team, and deciding about it. */
export function addJoinRequestRoutes(app: App, joinRequests: JoinRequests): void {
  app.post(
    '/v1/teams/:teamId/join-requests',
    {
      config: { action: 'join_requests.create' },
      schema: {
        operationId: 'askToJoin',
        tags,
        summary: 'Ask to join a team',
        description:
          'The team may belong to any organization: this is how people join organizations other than their own.',
        params: TeamParams,
        response: answers({ 201: JoinRequest }, [
          'invalid_id',
          'already_team_member',
          'unauthorized',
          'forbidden',
          'user_not_verified',
          'team_not_found',
          'join_request_pending',
        ]),
      },
    },
    async ({ params, access }, reply) =>
      reply.code(201).send(await joinRequests.create(params.teamId, access)),
  );

  app.put(
    '/v1/join-requests/:joinRequestId',
    {
      config: { action: 'join_requests.resolve' },
      schema: {
        operationId: 'resolveJoinRequest',
        tags,
        summary: 'Approve or reject a join request',
        description:
          'A user whose request is approved becomes a viewer; one who has become a member meanwhile keeps their role.',
        params: JoinRequestParams,
        body: Resolution,
        response: answers({ 200: JoinRequest }, [
          'invalid_id',
          'invalid_request_body',
          'invalid_join_status',
          'join_request_resolved',
          'unauthorized',
          'forbidden',
          'join_request_not_found',
        ]),
      },
    },
    ({ params, body, access }) => joinRequests.resolve(params.joinRequestId, body.status, access),
  );

  app.get(
    '/v1/me/inbox',
    {
      config: { action: 'me.inbox' },
      schema: {
        operationId: 'readInbox',
        tags,
        summary: 'What waits for my decision',
        description: 'The pending join requests that I may resolve, oldest first.',
        querystring: ListQuery,
        response: answers({ 200: InboxAnswer }, ['invalid_query', 'unauthorized', 'forbidden']),
      },
    },
    async ({ query, access }) => {
      const { items, next_cursor } = await joinRequests.inbox(sliceOf(query, ['time', 'id']), access);
      return { inbox: items, next_cursor };
    },
  );
}
