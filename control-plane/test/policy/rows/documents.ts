import type { Rows } from '../row.js';

// biome-ignore format: columns
export const documentRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'GET /v1/health': [
    { statuses: '200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200' },
  ],
  'GET /v1/health/ready': [
    { statuses: '200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200' },
  ],
};
