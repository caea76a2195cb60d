import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { loadConfig } from './config.js';
import { lockDirectory, makeDirectory } from './data-directory.js';
import { startEmbeddedPostgres } from './embedded-postgres.js';
import { claimPort } from './port.js';
import { startServer } from './server-process.js';
import { StartError } from './start-error.js';
import { welcome } from './welcome.js';

/** Something that runs as a process of its own. */
interface Part {
  readonly name: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Runs px0 on this machine: Postgres unless one is given, the control plane, the gateway. */
async function main(): Promise<void> {
  // What runs, in the order it was started; it is stopped in the opposite one.
  const running: { stop(): Promise<void> }[] = [];
  let stopping: Promise<void> | undefined;
  const stopAll = (): Promise<void> => {
    stopping ??= (async () => {
      for (let part = running.pop(); part !== undefined; part = running.pop()) await part.stop();
    })();
    return stopping;
  };
  const onSignal = () => {
    say('Stopping …');
    void stopAll().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // Whoever started us with a channel to itself is gone.
  process.once('disconnect', onSignal);
  const watch = (part: Part) => {
    running.push(part);
    part.process.once('exit', (code, signal) => {
      if (stopping !== undefined) return;
      const words = `The ${part.name} ended by itself (${code ?? signal}), so px0 stops. Start it again.`;
      void stopAll().then(() => fail(new StartError(words)), fail);
    });
  };

  try {
    const config = loadConfig(process.env);
    await claimPort(config.controlPort, 'PX0_CONTROL_PORT');
    await claimPort(config.gatewayPort, 'PX0_GATEWAY_PORT');
    let databaseUrl = config.databaseUrl;
    if (databaseUrl === undefined) {
      await makeDirectory(config.dataDirectory);
      const unlock = await lockDirectory(config.dataDirectory);
      running.push({ stop: unlock });
      const postgres = await startEmbeddedPostgres({
        directory: path.join(config.dataDirectory, 'postgres'),
      });
      watch({ ...postgres, name: 'embedded Postgres' });
      databaseUrl = postgres.url;
    }
    const env = {
      ...process.env,
      DATABASE_URL: databaseUrl,
      PX0_CONTROL_PORT: String(config.controlPort),
      PX0_GATEWAY_PORT: String(config.gatewayPort),
    };
    if (stopping !== undefined) return;
    watch(await startServer('control plane', '../../../control-plane/dist/main.js', config.controlPort, env));
    if (stopping !== undefined) return;
    watch(await startServer('gateway', '../../../render-gateway/dist/main.js', config.gatewayPort, env));
    say(welcome(config, process.env));
  } catch (error) {
    await stopAll();
    fail(error);
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function fail(error: unknown): never {
  const text = error instanceof StartError ? error.message : `Unexpected: ${String(error)}`;
  process.stderr.write(`px0: ${text}\n`);
  process.exit(1);
}

await main();
