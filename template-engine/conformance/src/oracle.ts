import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Answer, Case } from './case.js';

const execute = promisify(execFile);
const sources = fileURLToPath(new URL('..', import.meta.url));

/** What the oracle says before it ends because of a case. */
const TOO_SLOW = 'too slow';

interface Question {
  readonly line: string;
  readonly resolve: (answer: Answer) => void;
}

/** Go's text/template, in a process that answers line by line. */
export class Oracle {
  readonly goVersion: string;
  private readonly folder: string;
  private child: ChildProcessWithoutNullStreams;
  private partialLine = '';
  /** Asked and not answered, in order. */
  private waiting: Question[] = [];
  /** So many of `waiting` are answered already. */
  private answered = 0;
  private lastAnswer: Answer | undefined;
  private isClosed = false;

  private constructor(goVersion: string, folder: string) {
    this.goVersion = goVersion;
    this.folder = folder;
    this.child = this.start();
  }

  /** @throws {Error} a sentence for the user, if there is no Go or it cannot build */
  static async build(): Promise<Oracle> {
    const version = await execute('go', ['env', 'GOVERSION']).catch(() => {
      throw new Error('Conformance asks Go itself: it needs Go 1.26, as the command "go" on the PATH.');
    });
    const folder = await mkdtemp(join(tmpdir(), 'px0-oracle-'));
    await execute('go', ['build', '-o', join(folder, 'oracle'), '.'], { cwd: sources });
    return new Oracle(version.stdout.trim(), folder);
  }

  /** @returns the answers, in the order of the cases */
  ask(cases: readonly Case[]): Promise<Answer[]> {
    const lines = cases.map(
      ({ template, data, missing }) =>
        `{"template":${JSON.stringify(template)},"data":${data},"missing":"${missing}"}\n`,
    );
    this.child.stdin.write(lines.join(''));
    return Promise.all(
      lines.map((line) => new Promise<Answer>((resolve) => this.waiting.push({ line, resolve }))),
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.child.kill();
    await rm(this.folder, { recursive: true });
  }

  private start(): ChildProcessWithoutNullStreams {
    const child = spawn(join(this.folder, 'oracle'));
    this.partialLine = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.read(chunk));
    // What is written to a process that just ended is asked again of the next.
    child.stdin.on('error', () => {});
    child.on('close', () => {
      if (!this.isClosed) this.restart();
    });
    return child;
  }

  private read(chunk: string): void {
    const lines = (this.partialLine + chunk).split('\n');
    this.partialLine = lines.pop() ?? '';
    for (const line of lines) this.answer(JSON.parse(line) as Answer);
  }

  private answer(answer: Answer): void {
    this.lastAnswer = answer;
    this.waiting[this.answered]?.resolve(answer);
    this.answered++;
    if (this.answered === this.waiting.length) {
      this.waiting = [];
      this.answered = 0;
    }
  }

  /** The oracle ends after a case that took too long; if it ended otherwise, the next case was the cause. */
  private restart(): void {
    if (this.lastAnswer?.text !== TOO_SLOW && this.answered < this.waiting.length) {
      this.answer({ kind: 'limited', text: `the oracle ended with ${this.child.exitCode}` });
    }
    this.lastAnswer = undefined;
    this.child = this.start();
    for (const { line } of this.waiting.slice(this.answered)) this.child.stdin.write(line);
  }
}
