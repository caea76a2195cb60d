import { ConfigError, loadConfig } from './config.js';
import { createControlPlane } from './control-plane.js';
import { StartupError, wordsOf } from './database/connection-trouble.js';
import { MigrationError, migrate } from './database/migrate.js';
import { waitForDatabase } from './database/wait-for-database.js';
import { createLog } from './log.js';

/** Milliseconds. */
const STOP_TIMEOUT = 10_000;

/** The control plane as a process: starts, and runs until it is told to stop. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLog(config.logLevel);
  // Asked for before anything is waited for: what comes earlier would not be heard.
  const stopAsked = untilStopIsAsked();
  const stopped = stopAsked.then((reason) => ({ reason }));
  const waited = await Promise.race([waitForDatabase(config.databaseUrl, config.databaseWait, log), stopped]);
  if (waited !== undefined) {
    log.info(waited, 'stopping before Postgres has answered');
    process.exit(0);
  }
  await migrate(config.databaseUrl);
  const controlPlane = await createControlPlane(config, { log });
  const { port } = await listenOrClose(controlPlane);
  log.info({ port }, 'the control plane answers');

  log.info({ reason: await stopAsked }, 'stopping');
  try {
    await withinTime(controlPlane.close());
    process.exit(0);
  } catch (err) {
    log.error({ err }, 'did not stop cleanly; what is open is cut off');
    process.exit(1);
  }
}

/** What has begun is finished, but not for longer than those wait who stop us. */
async function withinTime(closing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_resolve, reject) => {
    const give = () => reject(new Error(`not done after ${STOP_TIMEOUT} ms`));
    timer = setTimeout(give, STOP_TIMEOUT);
  });
  await Promise.race([closing, overdue]);
  clearTimeout(timer);
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
  const words = isForPeople ? error.message : `px0 could not start: ${wordsOf(error)}`;
  process.stderr.write(`${words}\n`);
  process.exit(1);
});
