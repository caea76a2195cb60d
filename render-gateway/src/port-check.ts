import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import type { Logger } from 'pino';
import { StartError } from './start-error.js';

const SENTENCES: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (_host, port) =>
    `Port ${port} is in use: stop what listens there, or set PX0_GATEWAY_PORT to another port.`,
  EACCES: (_host, port) =>
    `Port ${port} is not open to this user: set PX0_GATEWAY_PORT to a port above 1023.`,
  EADDRNOTAVAIL: (host) => `This machine has no address ${host}: set PX0_GATEWAY_HOST to one that it has.`,
  ENOTFOUND: (host) => `There is no host ${host}: set PX0_GATEWAY_HOST to an address of this machine.`,
};

/**
 * Binds the port for a moment. The worker threads listen with SO_REUSEPORT, with which a second
 * gateway would take half of the first one's connections instead of failing.
 *
 * @param port 0: any free one
 * @param isShared that is what is wanted: another gateway may listen there already
 * @returns the port, free a moment ago, or shared
 * @throws {StartError} if the port cannot be had
 */
export async function probePort(host: string, port: number, isShared: boolean): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (isShared && error.code === 'EADDRINUSE') {
        resolve(port);
        return;
      }
      const sentence = SENTENCES[error.code ?? '']?.(host, port);
      reject(new StartError(sentence ?? `Cannot listen on ${host}:${port}: ${error.message}.`));
    });
    probe.listen({ host, port, exclusive: true }, () => {
      const bound = (probe.address() as AddressInfo).port;
      probe.close(() => resolve(bound));
    });
  });
}

/** Of the setting without which the system resets connections that wait for a gateway which stops. */
export async function warnOfLostConnections(log: Logger): Promise<void> {
  // Where there is no such file the system is another, and may know no such setting.
  const setting = await readFile('/proc/sys/net/ipv4/tcp_migrate_req', 'utf8').catch(() => undefined);
  if (setting?.trim() !== '0') return;
  log.warn(
    'net.ipv4.tcp_migrate_req is 0: a gateway that stops may lose connections that are just being made; set it to 1',
  );
}
