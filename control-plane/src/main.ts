import { ConfigError, loadConfig } from './config.js';
import { createControlPlane } from './control-plane.js';
import { StartupError } from './database/connection-trouble.js';
import { MigrationError, migrate } from './database/migrate.js';
import { createLog } from './log.js';

/** The control plane as a process: starts, and runs until it is told to stop. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLog(config.logLevel);
  // Asked for before anything is waited for: what comes earlier would not be heard.
  const stopAsked = untilStopIsAsked();
  await migrate(config.databaseUrl);
  const controlPlane = await createControlPlane(config, { log });
  const { port } = await listenOrClose(controlPlane);
  log.info({ port }, 'the control plane answers');

  log.info({ reason: await stopAsked }, 'stopping');
  try {
    await controlPlane.close();
    process.exit(0);
  } catch (err) {
    log.error({ err }, 'did not stop cleanly');
    process.exit(1);
  }
}

/** A second signal ends the process at once, as it would without us. */
function untilStopIsAsked(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
    // Of a launcher that was killed only the end of its channel tells.
    process.once('disconnect', () => resolve('the launcher is gone'));
  });
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
