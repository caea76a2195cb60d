import type { App } from '../http/app.js';
import { credentialOf } from '../http/authentication.js';
import { answers } from '../http/openapi.js';
import {
  Login,
  LoginAnswer,
  MessageAnswer,
  Registration as RegistrationBody,
  UserAnswer,
  Verification as VerificationBody,
  VerificationQuery,
} from './account-schemas.js';
import { addMeRoutes } from './me-routes.js';
import { addPasswordResetRoutes } from './password-reset-routes.js';
import type { Passwords } from './passwords.js';
import type { Profile } from './profile.js';
import type { Registration } from './registration.js';
import type { Sessions } from './sessions.js';
import type { Verification } from './verification.js';

const tags = ['accounts'];

interface AccountServices {
  readonly registration: Registration;
  readonly verification: Verification;
  readonly sessions: Sessions;
  readonly profile: Profile;
  readonly passwords: Passwords;
}

/** Registering, verifying an address, logging in and out, and what users do with their own account. */
export function addAccountRoutes(app: App, services: AccountServices): void {
  const { registration, verification, sessions } = services;
  addMeRoutes(app, services);
  addPasswordResetRoutes(app, services.passwords);
  app.post(
    '/v1/auth/register',
    {
      config: { action: 'accounts.register' },
      schema: {
        operationId: 'register',
        tags,
        summary: 'Register',
        description:
          'Without credentials: a new user, who may create organizations, with an organization and a team of its own; a code is mailed. With the session of a verified is_admin user: a user verified at once, in the given team or with an organization of its own.',
        body: RegistrationBody,
        response: answers({ 201: UserAnswer }, [
          'invalid_request_body',
          'email_and_password_required',
          'invalid_email',
          'password_too_short',
          'password_too_simple',
          'invalid_id',
          'unauthorized',
          'team_id_needs_admin',
          'user_not_verified',
          'forbidden',
          'registrar_outside_organization',
          'team_not_found',
          'email_taken',
          'too_many_requests',
        ]),
      },
    },
    async (request, reply) => {
      const user = await registration.register(request.body, request.access);
      return reply.code(201).send({ user });
    },
  );

  app.get(
    '/v1/auth/verify-email',
    {
      config: { action: 'accounts.verify' },
      schema: {
        operationId: 'sendVerificationCode',
        tags,
        summary: 'Mail a verification code',
        description:
          'The answer is the same whether or not the address belongs to a user. Within a minute of a code no other one is mailed.',
        querystring: VerificationQuery,
        response: answers({ 200: MessageAnswer }, ['email_required', 'too_many_requests']),
      },
    },
    async (request) => {
      await verification.sendCode(request.query.email, request.access);
      return { message: 'verification email sent successfully' };
    },
  );

  app.post(
    '/v1/auth/verify-email',
    {
      config: { action: 'accounts.verify' },
      schema: {
        operationId: 'verifyEmail',
        tags,
        summary: 'Verify an address',
        description:
          'A code is good for 15 minutes and one use. It is void after too many wrong tries: five, unless px0 is configured otherwise.',
        body: VerificationBody,
        response: answers({ 200: MessageAnswer }, [
          'invalid_request_body',
          'email_and_code_required',
          'invalid_verification_code',
          'too_many_requests',
        ]),
      },
    },
    async (request) => {
      await verification.verify(request.body.email, request.body.code, request.access);
      return { message: 'email verified successfully' };
    },
  );

  app.post(
    '/v1/auth/login',
    {
      config: { action: 'sessions.create' },
      schema: {
        operationId: 'logIn',
        tags,
        summary: 'Log in',
        description:
          'Failed logins are counted, alike for addresses of users and others; after too many the right password is refused as well, until the time is over or the password is reset.',
        body: Login,
        response: answers({ 200: LoginAnswer }, [
          'invalid_request_body',
          'invalid_credentials',
          'user_not_verified',
          'too_many_requests',
        ]),
      },
    },
    (request) => sessions.logIn(request.body, request.access),
  );

  app.delete(
    '/v1/auth/session',
    {
      config: { action: 'sessions.delete' },
      schema: {
        operationId: 'logOut',
        tags,
        summary: 'Log out',
        description:
          'Ends the session in this moment. Succeeds too without a token, or with one that has ended.',
        response: answers({ 204: null }),
      },
    },
    async (request, reply) => {
      const token = credentialOf(request);
      if (token !== undefined) await sessions.logOut(token);
      return reply.code(204).send();
    },
  );
}
