import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { buildGoProgram, type GoProgram } from '../../measuring/go-program.js';
import type { BenchServer } from './server.js';
import type { Setup } from './setup.js';

const SOURCE = fileURLToPath(new URL('../../../src/gateway/servers/go/', import.meta.url));

/** @returns the program that holds all servers in Go; nothing if no Go is installed */
export function buildGoServers(): Promise<GoProgram | undefined> {
  return buildGoProgram(SOURCE);
}

export type GoServerName = 'net-http' | 'fiber' | 'read-and-parse';

/** What a server in Go says when it listens. */
interface Hello {
  readonly port: number;
  /** Of Go. */
  readonly version: string;
  readonly modules: Readonly<Record<string, string>>;
}

export interface GoServer extends BenchServer {
  readonly versions: Readonly<Record<string, string>>;
}

/** Starts a server with one thread for its code (GOMAXPROCS=1). */
export async function startGoServer(
  { file }: GoProgram,
  server: GoServerName,
  setup: Setup,
): Promise<GoServer> {
  const child = spawn(file, {
    env: { GOMAXPROCS: '1', SETUP: JSON.stringify({ server, ...setup }) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the server ${server} in Go ended`)));
  });
  ended.catch(() => {}); // heard by whoever waits for a line
  child.stdin.on('error', () => {}); // the same news as `ended`
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async <Answer>(): Promise<Answer> => {
    const { value } = await Promise.race([lines.next(), ended]);
    return value === undefined ? ended : (JSON.parse(value) as Answer);
  };
  const { port, version, modules } = await nextLine<Hello>();
  const { pid } = child;
  if (pid === undefined) throw new Error(`the server ${server} in Go could not be started`);
  return {
    url: `http://127.0.0.1:${port}`,
    pid,
    versions: { Go: version, ...modules },
    processorSeconds: async () => {
      child.stdin.write('\n');
      return (await nextLine<{ seconds: number }>()).seconds;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}
