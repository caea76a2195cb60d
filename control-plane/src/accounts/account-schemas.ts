import Type, { type Static } from 'typebox';
import type { ErrorCode } from '../http/error-catalogue.js';
import { Id, Time } from '../http/parameters.js';
import type { PropertyRefusal } from '../http/validation.js';

const ADDRESS_LIMIT = 254; // RFC 5321 4.5.3.1.3, less the angle brackets
const PASSWORD_MINIMUM = 8;

/**
 * An address that mail can go to: one `@`, a domain with a dot, nothing that would end or split a
 * header line. What is beyond that only the mail's arrival tells.
 */
const ADDRESS =
  '^[^\\s@<>"(),:;\\\\\\[\\]\\u0000-\\u001f\\u007f]+@[^\\s@<>"(),:;\\\\\\[\\]\\u0000-\\u001f\\u007f.]+(\\.[^\\s@<>"(),:;\\\\\\[\\]\\u0000-\\u001f\\u007f.]+)+$';
const ADDRESS_PATTERN = new RegExp(ADDRESS, 'u');

/** Whether a text has the form of an address. */
export function isAddress(text: string): boolean {
  return text.length <= ADDRESS_LIMIT && ADDRESS_PATTERN.test(text);
}

/** `user` as the API shows it. */
export const User = Type.Object(
  {
    id: Type.String(),
    email: Type.String(),
    is_verified: Type.Boolean(),
    is_admin: Type.Boolean({ description: 'may create organizations and register users' }),
    created_at: Time,
  },
  { title: 'User' },
);
export type User = Static<typeof User>;

export const UserAnswer = Type.Object({ user: User });
export const MessageAnswer = Type.Object({ message: Type.String() });

const Password = (absent: ErrorCode) =>
  Type.String({
    minLength: PASSWORD_MINIMUM,
    'x-refusal': { absent, invalid: 'password_too_short' } satisfies PropertyRefusal,
  });

const Address = (absent: ErrorCode) =>
  Type.String({
    pattern: ADDRESS,
    maxLength: ADDRESS_LIMIT,
    'x-refusal': { absent, invalid: 'invalid_email' } satisfies PropertyRefusal,
  });

export const Registration = Type.Object({
  email: Address('email_and_password_required'),
  password: Password('email_and_password_required'),
  team_id: Type.Optional(Type.Union([Id(), Type.Null()], { 'x-refusal': { invalid: 'invalid_id' } })),
});

export const AddressChange = Type.Object({ email: Address('invalid_email') });

export const PasswordChange = Type.Object({
  current_password: Type.String(),
  new_password: Password('invalid_request_body'),
});

export const ResetRequest = Type.Object({
  email: Type.String({
    minLength: 1,
    'x-refusal': { absent: 'email_required' } satisfies PropertyRefusal,
  }),
});

export const PasswordReset = Type.Object({
  code: Type.String({
    minLength: 1,
    'x-refusal': { absent: 'code_and_password_required' } satisfies PropertyRefusal,
  }),
  new_password: Password('code_and_password_required'),
});

export const PasswordResetAnswer = Type.Object({ message: Type.String(), email: Type.String() });

export const Verification = Type.Object({
  email: Type.String({
    minLength: 1,
    'x-refusal': { absent: 'email_and_code_required' } satisfies PropertyRefusal,
  }),
  code: Type.String({
    minLength: 1,
    'x-refusal': { absent: 'email_and_code_required' } satisfies PropertyRefusal,
  }),
});

export const VerificationQuery = Type.Object({
  email: Type.String({
    minLength: 1,
    'x-refusal': { absent: 'email_required' } satisfies PropertyRefusal,
  }),
});

export const Login = Type.Object({ email: Type.String(), password: Type.String() });
export type Login = Static<typeof Login>;

export const LoginAnswer = Type.Object({
  token: Type.String({ examples: ['sess_…'] }),
  expires_at: Time,
  user: User,
});
export type LoginAnswer = Static<typeof LoginAnswer>;
