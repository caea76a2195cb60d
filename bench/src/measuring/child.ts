import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A message between the bench and a process that it started. */
export interface Word {
  readonly kind: string;
}

/** What every child understands, beside its own words. */
export type CommonToChild = { readonly kind: 'askCpu' } | { readonly kind: 'stop' };

/** What every child says, beside its own words. */
export type CommonFromChild =
  /** It is at work; `port` is 0 for one that serves nothing. */
  | { readonly kind: 'ready'; readonly port: number }
  /** Processor time that the whole process has used so far, in seconds. */
  | { readonly kind: 'cpu'; readonly seconds: number };

/** The bench's side of a process that it started. */
export interface Child<To extends Word = never, From extends Word = never> {
  readonly pid: number;
  /**
   * Sends a word, if there is one, and resolves with the next word of the given kind.
   * @throws {Error} if the child ends before it has said it
   */
  ask<Kind extends (From | CommonFromChild)['kind']>(
    word: To | CommonToChild | undefined,
    kind: Kind,
  ): Promise<Extract<From | CommonFromChild, { kind: Kind }>>;
  /** Sends a word that has no answer. */
  tell(word: To): void;
  /** Processor time that the whole process has used so far, in seconds. */
  processorSeconds(): Promise<number>;
  /** Asks it to end, and waits for that. */
  stop(): Promise<void>;
}

/**
 * Starts a file of the bench in a process of its own, which lives no longer than this one.
 *
 * @param file as `new URL('./some-file.js', import.meta.url)`
 * @param environment all that the child sees of the environment, beside PATH
 */
export function startChild<To extends Word = never, From extends Word = never>(
  file: URL,
  environment: Readonly<Record<string, string>> = {},
): Child<To, From> {
  const path = fileURLToPath(file);
  const child = fork(path, { env: { PATH: process.env.PATH, ...environment } });
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));

  const ask = <Answer extends Word>(word: Word | undefined, kind: Answer['kind']): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const settle = () => child.off('message', hear).off('exit', fail);
      const hear = (message: Word) => {
        if (message.kind !== kind) return;
        settle();
        resolve(message as Answer);
      };
      const fail = () => {
        settle();
        reject(new Error(`${path} ended before it answered`));
      };
      child.on('message', hear).on('exit', fail);
      if (word !== undefined) child.send(word);
    });
  return {
    get pid() {
      if (child.pid === undefined) throw new Error(`${path} could not be started`);
      return child.pid;
    },
    ask,
    tell: (word) => void child.send(word),
    processorSeconds: async () => {
      const { seconds } = await ask<Extract<CommonFromChild, { kind: 'cpu' }>>({ kind: 'askCpu' }, 'cpu');
      return seconds;
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.send({ kind: 'stop' } satisfies CommonToChild);
      await ended;
    },
  };
}

/** What a child does at each of its own words. */
export type Handlers<To extends Word> = {
  readonly [Kind in To['kind']]: (message: Extract<To, { kind: Kind }>) => void | Promise<void>;
};

/**
 * The child's side: answers what every child is asked, and hands its own words to the handlers. The
 * process ends with its parent.
 *
 * @param stop what is to be done before the process ends in order
 * @returns what tells the parent a word
 */
export function serveParent<To extends Word = never, From extends Word = never>(
  handlers: Handlers<To>,
  stop: () => void | Promise<void> = () => {},
): (message: From | CommonFromChild) => void {
  const tell = (message: From | CommonFromChild) => void process.send?.(message);
  const common: Handlers<CommonToChild> = {
    askCpu: () => {
      const { user, system } = process.cpuUsage();
      tell({ kind: 'cpu', seconds: (user + system) / 1e6 });
    },
    stop: async () => {
      await stop();
      process.exit(0);
    },
  };
  const all = new Map(Object.entries({ ...handlers, ...common })) as ReadonlyMap<
    string,
    (message: Word) => void | Promise<void>
  >;
  process.on('message', (message: Word) => void all.get(message.kind)?.(message));
  process.once('disconnect', () => process.exit(1));
  return tell;
}
