import { newcomer, type Rows } from '../row.js';

// biome-ignore format: columns
export const accountRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg okey fkey gone
  'POST /v1/auth/register': [
    { statuses: '201  403  403  403  403  201  403  403  201  403  403  403  403  403  403  403  403  401', body: newcomer },
  ],
  'GET /v1/auth/verify-email': [
    { statuses: '200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200', path: () => '/v1/auth/verify-email?email=a@example.com' },
  ],
  'POST /v1/auth/verify-email': [
    { statuses: '400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400  400', body: () => ({ email: 'a@example.com', code: '1' }) },
  ],
  'POST /v1/auth/login': [
    { statuses: '401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401  401', body: newcomer },
  ],
  'DELETE /v1/auth/session': [
    { statuses: '204  ---  ---  ---  ---  ---  ---  ---  ---  204  204  204  204  204  204  204  204  204' },
  ],
  'GET /v1/auth/me': [
    { statuses: '401  200  200  200  200  200  200  200  200  403  403  403  403  403  403  403  403  401' },
  ],
};
