import type { App } from '../http/app.js';
import { credentialOf } from '../http/authentication.js';
import { sessionUser } from '../http/caller.js';
import { answers } from '../http/openapi.js';
import { AddressChange, MessageAnswer, PasswordChange, UserAnswer } from './account-schemas.js';
import type { Passwords } from './passwords.js';
import type { Profile } from './profile.js';

const tags = ['accounts'];

/** A user's own account. */
export function addMeRoutes(
  app: App,
  { profile, passwords }: { readonly profile: Profile; readonly passwords: Passwords },
): void {
  app.get(
    '/v1/auth/me',
    {
      config: { action: 'me.read' },
      schema: {
        operationId: 'readMe',
        tags,
        summary: 'Who I am',
        response: answers({ 200: UserAnswer }, ['unauthorized', 'access_token_required']),
      },
    },
    async (request) => ({ user: sessionUser(request.access.caller) }),
  );

  app.put(
    '/v1/auth/me',
    {
      config: { action: 'me.update' },
      schema: {
        operationId: 'updateMe',
        tags,
        summary: 'Change my address',
        description:
          'A code is mailed to the new address, which must be verified before the next login; sessions stay. Codes mailed to the old one are void. An address that differs in case alone stays verified.',
        body: AddressChange,
        response: answers({ 200: UserAnswer }, [
          'invalid_request_body',
          'invalid_email',
          'unauthorized',
          'forbidden',
          'email_taken',
          'too_many_requests',
        ]),
      },
    },
    async (request) => ({ user: await profile.changeAddress(request.body.email, request.access) }),
  );

  app.delete(
    '/v1/auth/me',
    {
      config: { action: 'me.delete' },
      schema: {
        operationId: 'deleteMe',
        tags,
        summary: 'Delete my account',
        description:
          'Ends all sessions in this moment. An organization in which nobody is left is deleted too. In one that is left without an org admin, the longest-standing member among those with the highest role becomes org admin. What I made for others stays, API keys included.',
        response: answers({ 204: null }, ['unauthorized', 'forbidden']),
      },
    },
    async (request, reply) => {
      await profile.delete(request.access);
      return reply.code(204).send();
    },
  );

  app.post(
    '/v1/auth/me/change-password',
    {
      config: { action: 'me.change_password' },
      schema: {
        operationId: 'changePassword',
        tags,
        summary: 'Change my password',
        description:
          'Ends every other session in this moment. Wrong current passwords are counted; after too many the right one is refused as well for a while.',
        body: PasswordChange,
        response: answers({ 200: MessageAnswer }, [
          'invalid_request_body',
          'password_too_short',
          'password_too_simple',
          'unauthorized',
          'invalid_credentials',
          'forbidden',
          'too_many_requests',
        ]),
      },
    },
    async (request) => {
      await passwords.change(request.body, credentialOf(request) ?? '', request.access);
      return { message: 'password changed successfully' };
    },
  );
}
