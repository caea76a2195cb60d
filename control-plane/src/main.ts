import { ConfigError, loadConfig } from './config.js';
import { createControlPlane } from './control-plane.js';
import { StartupError } from './database/connection-trouble.js';
import { MigrationError, migrate } from './database/migrate.js';
import { createLog } from './log.js';

/** The control plane as a process: starts, and runs until it is told to stop. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLog(config.logLevel);
  await migrate(config.databaseUrl);
  const controlPlane = await createControlPlane(config, { log });
  const { port } = await listenOrClose(controlPlane);
  log.info({ port }, 'the control plane answers');

  let isStopping = false;
  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ reason }, 'stopping');
    controlPlane.close().then(
      () => process.exit(0),
      (err: unknown) => {
        log.error({ err }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  // Of a launcher that was killed only the end of its channel tells.
  process.on('disconnect', () => stop('the launcher is gone'));
}

async function listenOrClose(controlPlane: Awaited<ReturnType<typeof createControlPlane>>) {
  try {
    return await controlPlane.listen();
  } catch (error) {
    await controlPlane.close();
    throw error;
  }
}

main().catch((error: unknown) => {
  const isForPeople =
    error instanceof ConfigError || error instanceof StartupError || error instanceof MigrationError;
  const words = isForPeople
    ? error.message
    : `px0 could not start: ${error instanceof Error ? error.message : error}`;
  process.stderr.write(`${words}\n`);
  process.exit(1);
});
