import path from 'node:path';
import { type LauncherConfig, loadConfig } from './config.js';
import { lockDirectory, makeDirectory } from './data-directory.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { claimPort } from './port.js';
import { RunningParts } from './running-parts.js';
import { startServer } from './server-process.js';
import { StartError } from './start-error.js';
import { welcome } from './welcome.js';

/** Runs px0 on this machine: Postgres unless one is given, the control plane, the gateway. */
async function main(): Promise<void> {
  const parts = new RunningParts(({ name }, how) => {
    void end(new StartError(`The ${name} ended by itself (${how}), so px0 stops. Start it again.`));
  });
  let isStarting = true;
  let isToldToStop = false;

  async function end(reason?: unknown): Promise<never> {
    try {
      await parts.stop();
    } catch (error) {
      exit(reason ?? error);
    }
    exit(reason);
  }
  const onSignal = () => {
    if (isToldToStop) exit(new StartError('told to stop twice, so it goes at once.'));
    isToldToStop = true;
    say('Stopping …');
    // A part that is half started is waited for: nobody else knows how to stop it.
    if (!isStarting) void end();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal).on('SIGHUP', onSignal);
  // Whoever started us with a channel to itself is gone.
  process.once('disconnect', () => {
    if (!isToldToStop) onSignal();
  });

  try {
    const config = loadConfig(process.env);
    for (const start of stepsOf(config, parts)) {
      await start();
      if (isToldToStop) await end();
    }
    isStarting = false;
    say(welcome(config, process.env));
  } catch (error) {
    await end(isToldToStop ? undefined : error);
  }
}

/** What is done to start, in order. */
function stepsOf(config: LauncherConfig, parts: RunningParts): (() => Promise<void>)[] {
  const { dataDirectory, controlPort, gatewayPort, snapshotFile, idleGrace } = config;
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PX0_CONTROL_PORT: String(controlPort),
    PX0_GATEWAY_PORT: String(gatewayPort),
    PX0_SNAPSHOT_FILE: snapshotFile,
    PX0_IDLE_GRACE: idleGrace,
  };
  const claimPorts = async () => {
    await claimPort(controlPort, 'PX0_CONTROL_PORT');
    await claimPort(gatewayPort, 'PX0_GATEWAY_PORT');
  };
  const takeData = async () => {
    await makeDirectory(dataDirectory);
    parts.add(await lockDirectory(dataDirectory));
  };
  const startPostgres = async () => {
    const postgres = await startEmbeddedPostgres({ directory: path.join(dataDirectory, 'postgres') });
    parts.watch({ ...postgres, name: 'embedded Postgres' });
    env.DATABASE_URL = postgres.url;
  };
  const startControlPlane = async () =>
    parts.watch(
      await startServer(
        'control plane',
        '../../../control-plane/dist/main.js',
        { host: env.PX0_CONTROL_HOST, port: controlPort },
        env,
      ),
    );
  const startGateway = async () =>
    parts.watch(
      await startServer(
        'gateway',
        '../../../render-gateway/dist/main.js',
        { host: env.PX0_GATEWAY_HOST, port: gatewayPort },
        env,
      ),
    );
  const database = config.databaseUrl === undefined ? [takeData, startPostgres] : [];
  return [claimPorts, ...database, startControlPlane, startGateway];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @param trouble undefined for an end in good order */
function exit(trouble?: unknown): never {
  if (trouble === undefined) process.exit(0);
  const text = trouble instanceof StartError ? trouble.message : `Unexpected: ${String(trouble)}`;
  process.stderr.write(`px0: ${text}\n`);
  process.exit(1);
}

await main();
