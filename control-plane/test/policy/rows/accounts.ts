import { PASSWORD } from '../../cast.js';
import { newcomer, type Rows } from '../row.js';

// biome-ignore format: columns
export const accountRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'POST /v1/auth/register': [
    { statuses: '201  403  403  403  403  201  403  403  201  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', body: newcomer },
    // Into a team: who registers is its admin, as the org admin is; 403 for strangers in words of their own.
    { statuses: '403  403  403  403  403  201  403  403  403  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', body: ({ cast }) => ({ ...newcomer(), team_id: cast.teamId }) },
  ],
  'GET /v1/auth/verify-email': [
    { statuses: '200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200', path: () => '/v1/auth/verify-email?email=a@example.com' },
  ],
  'POST /v1/auth/verify-email': [
    { statuses: '400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400', body: () => ({ email: 'a@example.com', code: '1' }) },
  ],
  'POST /v1/auth/login': [
    { statuses: '401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401', body: newcomer },
  ],
  'DELETE /v1/auth/session': [
    { statuses: '204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204  204', spoils: true },
  ],
  'GET /v1/auth/me': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401' },
  ],
  'PUT /v1/auth/me': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', body: newcomer, spoils: true },
  ],
  'DELETE /v1/auth/me': [
    { statuses: '401  204  204  204  204  204  204  204  204  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', spoils: true },
  ],
  'POST /v1/auth/me/change-password': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  403  403  403  403  401  401  401', body: () => ({ current_password: PASSWORD, new_password: `${PASSWORD}0` }), spoils: true },
  ],
  'POST /v1/auth/password-reset/trigger': [
    { statuses: '200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200', body: newcomer },
  ],
  'POST /v1/auth/password-reset/reset': [
    { statuses: '400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400', body: () => ({ code: 'reset_unknown', new_password: PASSWORD }) },
  ],
};
