import { startChild } from '../../measuring/child.js';

/** A server in a process of its own. */
export interface BenchServer {
  /** Of the server itself, such as `http://127.0.0.1:1234`. */
  readonly url: string;
  readonly pid: number;
  /** Processor time that it has used so far, in seconds. */
  processorSeconds(): Promise<number>;
  stop(): Promise<void>;
}

/** @param file of this folder, as `./some-server.js` */
export async function startNodeServer(
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<BenchServer> {
  const child = startChild(new URL(file, import.meta.url), environment);
  const { port } = await child.ask(undefined, 'ready');
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    processorSeconds: () => child.processorSeconds(),
    stop: () => child.stop(),
  };
}
