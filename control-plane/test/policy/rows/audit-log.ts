import type { Rows } from '../row.js';

// biome-ignore format: columns
export const auditLogRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'GET /v1/orgs/{orgId}/audit-log': [
    { statuses: '401  403  403  403  403  200  403  404  404  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', path: ({ cast }) => `/v1/orgs/${cast.orgId}/audit-log` },
  ],
};
