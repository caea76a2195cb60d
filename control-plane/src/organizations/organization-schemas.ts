import Type, { type Static } from 'typebox';
import { Time } from '../http/parameters.js';

export const MyOrganization = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Type.Union([Type.Literal('ADMIN'), Type.Literal('MEMBER')]),
  created_at: Time,
});
export type MyOrganization = Static<typeof MyOrganization>;

/** `team` as the API shows it. */
export const Team = Type.Object({
  id: Type.String(),
  org_id: Type.String(),
  name: Type.String(),
  created_at: Time,
});
export type Team = Static<typeof Team>;
