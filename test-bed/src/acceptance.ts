/**
 * Runs a script that speaks HTTP to a running px0 against the product in both of its shapes: one
 * command on its embedded default, and separate processes over Postgres and Redis with two gateways.
 *
 *   node test-bed/dist/acceptance.js <script>
 *
 * The script finds CONTROL_URL, GATEWAY_URL and MAIL_LOG in its environment. Exit status 0 when it
 * passed everywhere; the last line counts: `acceptance: N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '@px0/local';
import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';
import {
  type Program,
  startControlPlane,
  startGateway,
  startProgram,
  untilReady,
} from './server-under-test.js';

const [script] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write('usage: node test-bed/dist/acceptance.js <script>\n');
  process.exit(2);
}
const scratch = await mkdtemp(path.join(tmpdir(), 'px0-acceptance-'));
const results = [...(await onEmbeddedDefault(script)), ...(await onPostgresAndRedis(script))];
await rm(scratch, { recursive: true, force: true });
const failed = results.filter((status) => status !== 0).length;
process.stdout.write(`acceptance: ${results.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);

async function onEmbeddedDefault(file: string): Promise<number[]> {
  const [controlPort, gatewayPort] = [await findFreePort(), await findFreePort()];
  const px0 = startProgram('launcher', {
    PX0_DATA_DIR: path.join(scratch, 'data'),
    PX0_CONTROL_PORT: String(controlPort),
    PX0_GATEWAY_PORT: String(gatewayPort),
  });
  const gateway = `http://127.0.0.1:${gatewayPort}`;
  await untilReady(px0, gateway);
  const status = await run(file, 'embedded default', px0, `http://127.0.0.1:${controlPort}`, gateway);
  await px0.stop();
  return [status];
}

async function onPostgresAndRedis(file: string): Promise<number[]> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const neighbours = { databaseUrl: postgres.url, redis: { url: redis.url, prefix: 'px0' } };
  const control = await startControlPlane(neighbours);
  const gateways = await Promise.all([startGateway(neighbours), startGateway(neighbours)]);
  const statuses: number[] = [];
  for (const [index, gateway] of gateways.entries()) {
    const where = `Postgres and Redis, gateway ${index + 1} of ${gateways.length}`;
    statuses.push(await run(file, where, control, control.url, gateway.url));
  }
  await Promise.all([control.stop(), ...gateways.map((gateway) => gateway.stop())]);
  await Promise.all([postgres.stop(), redis.stop()]);
  return statuses;
}

/** @returns the script's exit status; what the servers said is shown when it is not 0 */
async function run(
  file: string,
  where: string,
  mailer: Program,
  control: string,
  gateway: string,
): Promise<number> {
  process.stdout.write(`\n${path.basename(file)}: ${where}\n`);
  const mailLog = path.join(scratch, 'mail.log');
  const copy = createWriteStream(mailLog);
  copy.write(mailer.output());
  const forward = (chunk: string) => copy.write(chunk);
  mailer.process.stdout?.on('data', forward);
  const child = spawn(process.execPath, [file], {
    stdio: 'inherit',
    env: { ...process.env, CONTROL_URL: control, GATEWAY_URL: gateway, MAIL_LOG: mailLog },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  mailer.process.stdout?.off('data', forward);
  copy.end();
  if (code !== 0) process.stdout.write(`--- what the servers said\n${mailer.output()}\n---\n`);
  return code ?? 1;
}
