import Fastify from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config.js';

/** A control plane, built and not yet listening. */
export interface ControlPlane {
  listen(): Promise<{ port: number }>;
  close(): Promise<void>;
}

export async function createControlPlane(config: Config, { log }: { log: Logger }): Promise<ControlPlane> {
  const app = Fastify({ loggerInstance: log });
  app.get('/v1/health', async () => ({ status: 'OK' }));
  return {
    listen: async () => {
      const address = await app.listen({ port: config.port, host: config.host });
      return { port: Number(new URL(address).port) };
    },
    close: () => app.close(),
  };
}
