import { onPrompt, onVersion, type Rows } from '../row.js';

// biome-ignore format: columns
export const versionRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'POST /v1/prompts/{promptId}/versions': [
    { statuses: '401  201  403  201  201  201  404  404  404  403  201  201  403  201  201  404  404  404  404  404  404  401  401  401', path: onPrompt('/versions'), body: () => ({ template: 'x' }) },
  ],
  'GET /v1/prompts/{promptId}/versions': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/versions') },
  ],
  'GET /v1/prompts/{promptId}/versions/{version}': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onVersion('') },
  ],
  'PUT /v1/prompts/{promptId}/versions/{version}': [
    { statuses: '401  200  403  200  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onVersion(''), body: () => ({ template: 'y' }) },
  ],
  'POST /v1/prompts/{promptId}/versions/{version}/promote': [
    { statuses: '401  200  403  200  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onVersion('/promote') },
    { statuses: '401  403  403  403  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onVersion('/promote'), promotions: 1 },
    { statuses: '401  422  403  422  422  422  404  404  404  403  422  422  403  422  422  404  404  404  404  404  404  401  401  401', path: onVersion('/promote'), promotions: 2 },
  ],
  'POST /v1/prompts/{promptId}/versions/{version}/demote': [
    { statuses: '401  403  403  403  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onVersion('/demote'), promotions: 2 },
    { statuses: '401  403  403  403  422  422  404  404  404  403  422  422  403  422  422  404  404  404  404  404  404  401  401  401', path: onVersion('/demote') },
  ],
  'GET /v1/prompts/{reference}/rollout': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/rollout') },
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: ({ slug }) => `/v1/prompts/${slug}/rollout`, promotions: 2 },
  ],
  'POST /v1/prompts/{promptId}/versions/{version}/tags': [
    { statuses: '401  200  403  200  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onVersion('/tags'), body: () => ({ tag: 'other' }) },
  ],
  'GET /v1/prompts/{promptId}/tags': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/tags') },
  ],
  'DELETE /v1/prompts/{promptId}/tags/{tag}': [
    { statuses: '401  204  403  204  204  204  404  404  404  403  204  204  403  204  204  404  404  404  404  404  404  401  401  401', path: onPrompt('/tags/tagged') },
  ],
  'DELETE /v1/prompts/{promptId}/versions/{version}': [
    { statuses: '401  204  403  204  204  204  404  404  404  403  204  204  403  204  204  404  404  404  404  404  404  401  401  401', path: onVersion('') },
    { statuses: '401  422  403  422  422  422  404  404  404  403  422  422  403  422  422  404  404  404  404  404  404  401  401  401', path: onVersion(''), promotions: 1 },
  ],
  'POST /v1/prompts/{promptId}/versions/{version}/archive': [
    { statuses: '401  403  403  403  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onVersion('/archive') },
    { statuses: '401  403  403  403  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onVersion('/archive'), promotions: 2 },
  ],
  'POST /v1/prompts/{promptId}/versions/{version}/duplicate': [
    { statuses: '401  201  403  201  201  201  404  404  404  403  201  201  403  201  201  404  404  404  404  404  404  401  401  401', path: onVersion('/duplicate') },
  ],
  'GET /v1/prompts/{promptId}/versions/diff': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/versions/diff?from=1&to=tagged') },
  ],
};
