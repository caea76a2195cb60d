import path from 'node:path';
import type { LauncherConfig } from './config.js';

/** @returns what runs where, and the first thing to try */
export function welcome(config: LauncherConfig, env: NodeJS.ProcessEnv): string {
  const control = `http://localhost:${config.controlPort}`;
  const gateway = `http://localhost:${config.gatewayPort}`;
  const database =
    config.databaseUrl === undefined
      ? `embedded, data in ${path.join(config.dataDirectory, 'postgres')}`
      : 'the one of DATABASE_URL';
  const feed = env.REDIS_URL ? 'Redis, the one of REDIS_URL' : 'Postgres';
  return `
px0 is ready.
  control plane   ${control}
  render gateway  ${gateway}
  Postgres        ${database}
  feed            ${feed}

Try it first:
  curl ${control}/v1/auth/register -H 'content-type: application/json' \\
    -d '{"email": "you@example.com", "password": "Correct-Horse-7"}'
${env.SMTP_URL ? 'The verification code comes by mail.' : 'The verification code is printed here, in the line that says "mail to".'} README.md goes on from there.
Ctrl-C stops all of it; the next start finds the data again.
`;
}
