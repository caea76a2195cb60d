import { pino } from 'pino';
import { loadConfig } from './config.js';
import { startGateway } from './gateway.js';
import { StartError } from './start-error.js';

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const log = pino({ level: config.logLevel, base: { service: 'gateway' } });
  const gateway = await startGateway(config, { log });
  log.info({ host: config.host, port: gateway.port, threads: config.threads }, 'gateway listens');

  const stop = (reason: NodeJS.Signals | 'disconnect') => {
    // Whatever comes a second time ends the process at once, as it would without us.
    process.off('SIGTERM', stop).off('SIGINT', stop);
    log.info({ reason }, 'gateway stops');
    gateway.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'gateway could not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  // A launcher that dies without a word takes its end of the channel with it.
  process.once('disconnect', () => stop('disconnect'));
}

main().catch((error: unknown) => {
  const text = error instanceof StartError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
