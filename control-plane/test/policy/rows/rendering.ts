import { onVersion, type Rows } from '../row.js';

// biome-ignore format: columns
export const renderingRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'POST /v1/prompts/{reference}/render': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: ({ slug }) => `/v1/prompts/${slug}/render`, body: () => ({ missing: 'zero' }), promotions: 2 },
  ],
  'POST /v1/prompts/{reference}/versions/{version}/render': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onVersion('/render'), body: () => ({ missing: 'zero' }) },
  ],
  // Each render is judged by itself: whoever is heard gets an answer.
  'POST /v1/renders': [
    { statuses: '401  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  401  401  401', body: ({ slug, promptId }) => ({ renders: [{ slug, missing: 'zero' }, { slug: promptId, version: 1 }, { slug: promptId, version: 'next' }] }), promotions: 2 },
  ],
};
