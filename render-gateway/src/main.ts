import { pino } from 'pino';
import { loadConfig } from './config.js';
import { startGateway } from './gateway.js';
import { StartError } from './start-error.js';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({ level: config.logLevel, base: { service: 'gateway' } });
  // Asked for already while starting: whoever sees the port answer may stop us in that moment.
  const stop = new AbortController();
  const stopAsked = untilStopIsAsked().finally(() => stop.abort());
  const gateway = await startGateway(config, { log, stop: stop.signal });
  if (!stop.signal.aborted) {
    log.info({ host: config.host, port: gateway.port, threads: config.threads }, 'gateway listens');
  }
  log.info({ reason: await stopAsked }, 'gateway stops');
  try {
    await gateway.close();
    process.exit(0);
  } catch (error) {
    log.fatal({ err: error }, 'gateway could not stop in order');
    // Not process.exit: it would wait for the thread that does not end.
    process.kill(process.pid, 'SIGKILL');
  }
}

/** A second signal ends the process at once, as it would without us. */
function untilStopIsAsked(): Promise<string> {
  return new Promise((resolve) => {
    const stop = (reason: string) => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      resolve(reason);
    };
    process.on('SIGTERM', stop).on('SIGINT', stop);
    // A launcher that dies without a word takes its end of the channel with it.
    process.once('disconnect', () => resolve('disconnect'));
  });
}

main().catch((error: unknown) => {
  const text = error instanceof StartError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
