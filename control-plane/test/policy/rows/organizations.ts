import type { Rows, Scene } from '../row.js';

const onOrganization = (rest: string) => (scene: Scene) => `/v1/orgs/${scene.cast.orgId}${rest}`;
const named = () => ({ name: 'Acme' });

// biome-ignore format: columns
export const organizationRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'GET /v1/me/orgs': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401' },
  ],
  'POST /v1/orgs': [
    { statuses: '401  403  403  403  403  201  403  403  201  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', body: named },
  ],
  'PUT /v1/orgs/{orgId}': [
    { statuses: '401  403  403  403  403  200  403  404  404  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', path: onOrganization(''), body: named },
  ],
  'DELETE /v1/orgs/{orgId}': [
    { statuses: '401  403  403  403  403  204  403  404  404  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', path: onOrganization(''), spoils: true },
  ],
  'GET /v1/orgs/{orgId}/people': [
    { statuses: '401  200  200  200  200  200  200  404  404  403  403  403  403  403  200  403  403  403  404  404  404  401  401  401', path: onOrganization('/people') },
  ],
  'DELETE /v1/orgs/{orgId}/members/{userId}': [
    { statuses: '401  403  403  403  403  204  403  404  404  403  403  403  403  403  204  403  403  403  404  404  404  401  401  401', path: ({ cast, memberId }) => `/v1/orgs/${cast.orgId}/members/${memberId}` },
  ],
};
