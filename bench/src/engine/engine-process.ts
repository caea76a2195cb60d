import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { EngineName } from './engines/table.js';
import type { Kind, Questions } from './messages.js';

/** The bench's side of a process in which one engine lives. */
export interface EngineProcess {
  /** Asks one thing. Nothing else may be asked before the answer is there. */
  ask<K extends Kind>(kind: K, question: Questions[K]['ask']): Promise<Questions[K]['answer']>;
  stop(): Promise<void>;
}

/** @param goProgram what runs for the engine `go` */
export function startEngine(name: EngineName, goProgram: string | undefined): EngineProcess {
  const script = fileURLToPath(new URL('./javascript-process.js', import.meta.url));
  const [command, ...words] = name === 'go' ? [goProgram ?? 'go'] : [process.execPath, script, name];
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the process of ${name} ended before it answered`)));
  });
  ended.catch(() => {}); // heard by whoever waits for an answer
  child.stdin.on('error', () => {}); // the same news as `ended`
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (kind, question) => {
      child.stdin.write(`${JSON.stringify({ kind, ...question })}\n`);
      const { value } = await Promise.race([lines.next(), ended]);
      return value === undefined ? ended : JSON.parse(value);
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}
