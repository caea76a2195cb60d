import Type, { type Static } from 'typebox';
import { cursorParameters, NextCursor } from '../http/paging.js';
import { Id, Name, Time } from '../http/parameters.js';

/** `org` as the API shows it. */
export const Organization = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    created_at: Time,
  },
  { title: 'Organization' },
);
export type Organization = Static<typeof Organization>;

export const OrganizationAnswer = Type.Object({ org: Organization });

export const NewOrganization = Type.Object({ name: Name });

export const OrganizationParams = Type.Object({ orgId: Id() });

/** An organization as one of its members sees it. */
export const MyOrganization = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    role: Type.Union([Type.Literal('ADMIN'), Type.Literal('MEMBER')]),
    created_at: Time,
  },
  { title: 'MyOrganization' },
);
export type MyOrganization = Static<typeof MyOrganization>;

export const MyOrganizationsAnswer = Type.Object({
  organizations: Type.Array(MyOrganization),
  next_cursor: NextCursor,
});

/** A list with nothing to choose but the page. */
export const ListQuery = Type.Object(cursorParameters);
