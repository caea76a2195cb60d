import type { App } from '../http/app.js';
import { answers } from '../http/openapi.js';
import { MessageAnswer, PasswordReset, PasswordResetAnswer, ResetRequest } from './account-schemas.js';
import type { Passwords } from './passwords.js';

const tags = ['accounts'];

/** Another password for those who have forgotten theirs. */
export function addPasswordResetRoutes(app: App, passwords: Passwords): void {
  app.post(
    '/v1/auth/password-reset/trigger',
    {
      config: { action: 'passwords.reset' },
      schema: {
        operationId: 'sendPasswordResetCode',
        tags,
        summary: 'Mail a password reset code',
        description:
          'The answer is the same whether or not the address belongs to a user. Within a minute of a code no other one is mailed.',
        body: ResetRequest,
        response: answers({ 200: MessageAnswer }, [
          'invalid_request_body',
          'email_required',
          'too_many_requests',
        ]),
      },
    },
    async (request) => {
      await passwords.sendResetCode(request.body.email, request.access);
      return { message: 'password reset email sent successfully' };
    },
  );

  app.post(
    '/v1/auth/password-reset/reset',
    {
      config: { action: 'passwords.reset' },
      schema: {
        operationId: 'resetPassword',
        tags,
        summary: 'Set a new password by a mailed code',
        description:
          'A code is good for 15 minutes and one use. All sessions of the user end in this moment, and failed logins are forgotten.',
        body: PasswordReset,
        response: answers({ 200: PasswordResetAnswer }, [
          'invalid_request_body',
          'code_and_password_required',
          'password_too_short',
          'password_too_simple',
          'invalid_reset_code',
          'too_many_requests',
        ]),
      },
    },
    async (request) => ({
      message: 'password reset successfully',
      email: await passwords.reset(request.body, request.access),
    }),
  );
}
