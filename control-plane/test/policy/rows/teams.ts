import { randomUUID } from 'node:crypto';
import type { Rows, Scene } from '../row.js';

const onTeam = ({ teamId }: Scene) => `/v1/teams/${teamId}`;
const onTeamsOf = ({ cast }: Scene) => `/v1/orgs/${cast.orgId}/teams`;
const newName = () => ({ name: randomUUID() });

// biome-ignore format: columns
export const teamRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'GET /v1/me/teams': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401' },
  ],
  // The team admin is its only one.
  'DELETE /v1/me/teams/{teamId}': [
    { statuses: '401  204  204  204  422  404  404  404  404  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', path: ({ teamId }) => `/v1/me/teams/${teamId}` },
  ],
  'POST /v1/orgs/{orgId}/teams': [
    { statuses: '401  403  403  403  403  201  403  404  404  403  403  403  403  403  201  403  403  403  404  404  404  401  401  401', path: onTeamsOf, body: newName },
  ],
  'GET /v1/orgs/{orgId}/teams': [
    { statuses: '401  200  200  200  200  200  200  404  404  403  403  403  403  403  200  403  403  403  404  404  404  401  401  401', path: onTeamsOf },
  ],
  // Renamed; then moved to where only the strangers are org admins.
  'PUT /v1/teams/{teamId}': [
    { statuses: '401  200  403  200  200  200  403  404  404  403  403  200  403  403  200  404  404  404  404  404  404  401  401  401', path: onTeam, body: newName },
    { statuses: '401  403  403  403  403  404  403  404  404  403  403  403  403  403  403  404  404  404  404  404  404  401  401  401', path: onTeam, body: ({ cast }) => ({ ...newName(), org_id: cast.orgIdElsewhere }) },
  ],
  'DELETE /v1/teams/{teamId}': [
    { statuses: '401  204  403  204  204  204  403  404  404  403  403  204  403  403  204  404  404  404  404  404  404  401  401  401', path: onTeam },
  ],
};
