import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromChild, ToChild } from './messages.js';

/** The bench's side of a process that it started. */
export interface Child {
  /** Sends a word, and resolves with the answer to it, which is of the given kind. */
  ask<Kind extends FromChild['kind']>(
    word: ToChild | undefined,
    kind: Kind,
  ): Promise<Extract<FromChild, { kind: Kind }>>;
  stop(): Promise<void>;
}

export function startChild(file: string, environment: Record<string, string> = {}): Child {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { PATH: process.env.PATH, ...environment },
  });
  process.once('exit', () => child.kill('SIGKILL'));
  return {
    ask: (word, kind) =>
      new Promise((resolve, reject) => {
        const settle = () => child.off('message', hear).off('exit', fail);
        const hear = (message: FromChild) => {
          if (message.kind !== kind) return;
          settle();
          resolve(message as Extract<FromChild, { kind: typeof kind }>);
        };
        const fail = () => {
          settle();
          reject(new Error(`${file} ended before it answered`));
        };
        child.on('message', hear).on('exit', fail);
        if (word !== undefined) child.send(word);
      }),
    stop: async () => {
      const ended = once(child, 'exit');
      child.send({ kind: 'stop' } satisfies ToChild);
      await ended;
    },
  };
}

/** The child's side: answers what every child is asked, and hands the rest on. */
export function serveParent(handlers: {
  load?: (message: Extract<ToChild, { kind: 'load' }>) => Promise<void>;
  stop?: () => Promise<void>;
}): (message: FromChild) => void {
  const tell = (message: FromChild) => void process.send?.(message);
  process.on('message', (message: ToChild) => {
    switch (message.kind) {
      case 'askCpu': {
        const { user, system } = process.cpuUsage();
        tell({ kind: 'cpu', seconds: (user + system) / 1e6 });
        return;
      }
      case 'load':
        void handlers.load?.(message);
        return;
      case 'stop':
        void Promise.resolve(handlers.stop?.()).then(() => process.exit(0));
        return;
      default:
        message satisfies never;
    }
  });
  process.once('disconnect', () => process.exit(1));
  return tell;
}
