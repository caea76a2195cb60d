import type { Rows } from '../row.js';

// biome-ignore format: columns
export const apiKeyRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'POST /v1/api-keys': [
    { statuses: '401  201  403  201  201  201  403  403  403  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', body: ({ cast }) => ({ name: 'k', org_id: cast.orgId, team_ids: [cast.teamId], operation: 'all' }) },
    { statuses: '401  403  403  403  403  201  403  403  403  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', body: ({ cast }) => ({ name: 'k', org_id: cast.orgId }) },
    { statuses: '401  403  403  403  403  201  403  403  403  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', body: ({ cast }) => ({ name: 'k', org_id: cast.orgId, team_ids: [cast.teamId], operation: 'admin' }) },
  ],
  'GET /v1/api-keys': [
    { statuses: '401  200  200  200  200  200  200  404  404  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', path: ({ cast }) => `/v1/api-keys?org_id=${cast.orgId}` },
  ],
  'DELETE /v1/api-keys/{keyId}': [
    { statuses: '401  403  403  403  403  204  403  404  404  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', path: ({ keyId }) => `/v1/api-keys/${keyId}` },
  ],
};
