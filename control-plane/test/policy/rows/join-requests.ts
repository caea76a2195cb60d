import type { Rows } from '../row.js';

// biome-ignore format: columns
export const joinRequestRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'GET /v1/me/inbox': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401' },
  ],
  // Its members are refused for being members.
  'POST /v1/teams/{teamId}/join-requests': [
    { statuses: '401  403  400  400  400  201  201  201  201  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', path: ({ teamId }) => `/v1/teams/${teamId}/join-requests` },
  ],
  'PUT /v1/join-requests/{joinRequestId}': [
    { statuses: '401  403  403  403  200  200  403  404  404  403  403  200  403  403  200  404  404  404  404  404  404  401  401  401', path: ({ joinRequestId }) => `/v1/join-requests/${joinRequestId}`, body: () => ({ status: 'approved' }) },
  ],
};
