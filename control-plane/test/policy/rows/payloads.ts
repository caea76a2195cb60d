import { onPrompt, type Rows, type Scene } from '../row.js';

const onPayload = ({ promptId, payloadId }: Scene) => `/v1/prompts/${promptId}/payloads/${payloadId}`;

// biome-ignore format: columns
export const payloadRows: Rows = {
  //            anon unve view edit tadm oadm memb oels iels rkey akey Akey rorg aorg Aorg rork aork Aork relk aelk Aelk rgon agon Agon
  'POST /v1/prompts/{promptId}/payloads': [
    { statuses: '401  201  403  201  201  201  404  404  404  403  201  201  403  201  201  404  404  404  404  404  404  401  401  401', path: onPrompt('/payloads'), body: () => ({ variables: {} }) },
  ],
  'GET /v1/prompts/{promptId}/payloads': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onPrompt('/payloads') },
  ],
  'GET /v1/prompts/{promptId}/payloads/{payloadId}': [
    { statuses: '401  200  200  200  200  200  404  404  404  200  200  200  200  200  200  404  404  404  404  404  404  401  401  401', path: onPayload },
  ],
  'PUT /v1/prompts/{promptId}/payloads/{payloadId}': [
    { statuses: '401  200  403  200  200  200  404  404  404  403  200  200  403  200  200  404  404  404  404  404  404  401  401  401', path: onPayload, body: () => ({ name: 'new' }) },
  ],
  'DELETE /v1/prompts/{promptId}/payloads/{payloadId}': [
    { statuses: '401  204  403  204  204  204  404  404  404  403  204  204  403  204  204  404  404  404  404  404  404  401  401  401', path: onPayload },
  ],
};
