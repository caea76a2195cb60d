import { MessageAnswer } from '../accounts/account-schemas.js';
import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { PageQuery, peoplePage } from '../http/paging.js';
import { MemberParams, MembersAnswer, NewMember, NewRole } from './member-schemas.js';
import type { Members } from './members.js';
import { TeamParams } from './team-schemas.js';

const tags = ['organizations and teams'];

/** The members of a team. */
export function addMemberRoutes(app: App, members: Members): void {
  app.get(
    '/v1/teams/:teamId/members',
    {
      config: { action: 'members.list' },
      schema: {
        operationId: 'listMembers',
        tags,
        summary: 'List the members of a team',
        description: 'By address.',
        params: TeamParams,
        querystring: PageQuery,
        response: answers({ 200: MembersAnswer }, [
          'invalid_id',
          'invalid_query',
          'unauthorized',
          'forbidden',
          'team_not_found',
        ]),
      },
    },
    async ({ params, query, access }) => {
      const page = peoplePage(query);
      const { members: shown, total } = await members.list(params.teamId, page, access);
      return { members: shown, ...page, total };
    },
  );

  app.post(
    '/v1/teams/:teamId/members',
    {
      config: { action: 'members.add' },
      schema: {
        operationId: 'addMember',
        tags,
        summary: 'Add somebody to a team',
        description:
          "Adds a user who shares an organization with the caller (for a key: who belongs to the key's organization); other users have to ask to join. The user becomes an editor, or an admin if the team has no members yet. A user who is already a member keeps their role. If the user has a pending request to join, it is approved.",
        params: TeamParams,
        body: NewMember,
        response: answers({ 204: null }, [
          'invalid_id',
          'invalid_request_body',
          'user_id_required',
          'unauthorized',
          'forbidden',
          'team_not_found',
          'user_to_add_not_found',
        ]),
      },
    },
    async ({ params, body, access }, reply) => {
      await members.add(params.teamId, body.user_id, access);
      return reply.code(204).send();
    },
  );

  app.delete(
    '/v1/teams/:teamId/members/:userId',
    {
      config: { action: 'members.remove' },
      schema: {
        operationId: 'removeMember',
        tags,
        summary: 'Take somebody out of a team',
        params: MemberParams,
        response: answers({ 204: null }, [
          'invalid_id',
          'user_outside_organization',
          'unauthorized',
          'forbidden',
          'team_not_found',
          'member_not_found',
          'last_team_admin',
        ]),
      },
    },
    async ({ params, access }, reply) => {
      await members.remove(params.teamId, params.userId, access);
      return reply.code(204).send();
    },
  );

  app.put(
    '/v1/teams/:teamId/members/:userId/role',
    {
      config: { action: 'members.set_role' },
      schema: {
        operationId: 'setRole',
        tags,
        summary: 'Give a member another role',
        params: MemberParams,
        body: NewRole,
        response: answers({ 200: MessageAnswer }, [
          'invalid_id',
          'invalid_request_body',
          'invalid_role',
          'unauthorized',
          'forbidden',
          'team_not_found',
          'member_not_found',
          'last_team_admin',
        ]),
      },
    },
    async ({ params, body, access }) => {
      await members.setRole(params.teamId, params.userId, body.role, access);
      return { message: 'role updated successfully' };
    },
  );
}
