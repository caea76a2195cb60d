import { randomUUID } from 'node:crypto';
import { onPrompt, type Rows } from '../row.js';

// biome-ignore format: columns
export const promptRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'POST /v1/teams/{teamId}/prompts': [
    { statuses: '401  201  403  201  201  201  403  403  403  403  201  201  403  201  201  403  403  403  403  403  403  401  401  401', path: ({ cast }) => `/v1/teams/${cast.teamId}/prompts`, body: () => ({ name: randomUUID() }) },
  ],
  'GET /v1/teams/{teamId}/prompts': [
    { statuses: '401  200  200  200  200  200  403  403  403  200  200  200  200  200  200  403  403  403  403  403  403  401  401  401', path: ({ cast }) => `/v1/teams/${cast.teamId}/prompts` },
  ],
  'GET /v1/prompts': [
    { statuses: '401  200  200  200  200  200  403  403  403  200  200  200  200  200  200  403  403  403  403  403  403  401  401  401', path: ({ cast }) => `/v1/prompts?team_id=${cast.teamId}` },
  ],
  'GET /v1/prompts/{reference}': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('?version=1') },
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: ({ slug }) => `/v1/prompts/${slug}` },
  ],
  'PUT /v1/prompts/{reference}': [
    { statuses: '401  200  403  200  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt(''), body: () => ({ description: 'new' }) },
  ],
  'POST /v1/prompts/{promptId}/archive': [
    { statuses: '401  403  403  403  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/archive') },
  ],
  'POST /v1/prompts/{promptId}/restore': [
    { statuses: '401  403  403  403  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/restore') },
  ],
  'POST /v1/prompts/{promptId}/move': [
    // To a team of the same organization, with the same people.
    { statuses: '401  403  403  403  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/move'), body: ({ teamId }) => ({ team_id: teamId }) },
    // To a team of the same organization whose admin is the member of another team.
    { statuses: '401  403  403  403  403  200  404  404  404  403  404  404  403  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/move'), body: ({ cast }) => ({ team_id: cast.otherTeamId }) },
    // To another organization.
    { statuses: '401  403  403  403  404  404  404  404  404  403  404  404  403  404  404  404  404  404  404  404  404  401  401  401', path: onPrompt('/move'), body: ({ cast }) => ({ team_id: cast.teamIdElsewhere }) },
  ],
};
