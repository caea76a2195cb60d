import type { Rows, Scene } from '../row.js';

const onMembers = ({ teamId }: Scene) => `/v1/teams/${teamId}/members`;
const onMember = (rest: string) => (scene: Scene) => `${onMembers(scene)}/${scene.memberId}${rest}`;

// biome-ignore format: columns
export const memberRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'GET /v1/teams/{teamId}/members': [
    { statuses: '401  200  200  200  200  200  403  404  404  403  403  200  403  403  200  404  404  404  404  404  404  401  401  401', path: onMembers },
  ],
  'POST /v1/teams/{teamId}/members': [
    { statuses: '401  403  403  403  204  204  403  404  404  403  403  204  403  403  204  404  404  404  404  404  404  401  401  401', path: onMembers, body: ({ colleagueId }) => ({ user_id: colleagueId }) },
  ],
  'DELETE /v1/teams/{teamId}/members/{userId}': [
    { statuses: '401  403  403  403  204  204  403  404  404  403  403  204  403  403  204  404  404  404  404  404  404  401  401  401', path: onMember('') },
  ],
  'PUT /v1/teams/{teamId}/members/{userId}/role': [
    { statuses: '401  403  403  403  200  200  403  404  404  403  403  200  403  403  200  404  404  404  404  404  404  401  401  401', path: onMember('/role'), body: () => ({ role: 'editor' }) },
  ],
};
