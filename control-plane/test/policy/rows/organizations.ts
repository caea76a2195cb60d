import type { Rows } from '../row.js';

// biome-ignore format: columns
export const organizationRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg okey fkey gone
  'GET /v1/me/orgs': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  401' },
  ],
  'GET /v1/me/teams': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  401' },
  ],
};
