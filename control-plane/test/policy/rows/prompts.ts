import { randomUUID } from 'node:crypto';
import { onPrompt, type Rows } from '../row.js';

// biome-ignore format: columns
export const promptRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg okey fkey gone
  'POST /v1/teams/{teamId}/prompts': [
    { statuses: '401  201  403  201  201  201  403  403  403  403  201  201  403  201  201  403  403  401', path: ({ cast }) => `/v1/teams/${cast.teamId}/prompts`, body: () => ({ name: randomUUID() }) },
  ],
  'GET /v1/teams/{teamId}/prompts': [
    { statuses: '401  200  200  200  200  200  403  403  403  200  200  200  200  200  200  403  403  401', path: ({ cast }) => `/v1/teams/${cast.teamId}/prompts` },
  ],
  'GET /v1/prompts': [
    { statuses: '401  200  200  200  200  200  403  403  403  200  200  200  200  200  200  403  403  401', path: ({ cast }) => `/v1/prompts?team_id=${cast.teamId}` },
  ],
  'GET /v1/prompts/{reference}': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  401', path: onPrompt('?version=1') },
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  401', path: ({ slug }) => `/v1/prompts/${slug}` },
  ],
};
