import net from 'node:net';
import { setPriority } from 'node:os';
import { serveParent } from '../measuring/child.js';
import type { FromSlowSockets, SlowPlan, ToSlowSockets } from './slow-sockets.js';

/** Each socket has its turn once in so many ticks of so many milliseconds: once a second. */
const TICKS = 50;
const TICK = 20;
/** Of a sender's body: it will not live to send all of it. */
const BODY_BYTES = 1_000;
/** That a reader takes in a turn. */
const READ_BYTES = 16 * 1024;
/** Sockets that are opened in one turn of them all: for a reader the pool has to render. */
const OPENED_IN_A_TURN = 100;

/** One place, which always has a socket: a new one in the turn after the last was closed. */
abstract class SlowSocket {
  protected readonly plan: SlowPlan;
  protected readonly tally: (outcome: string) => void;
  protected socket: net.Socket | undefined;

  constructor(plan: SlowPlan, tally: (outcome: string) => void) {
    this.plan = plan;
    this.tally = tally;
  }

  /** Whether what it does slowly is under way. */
  abstract readonly isAtIt: boolean;
  protected abstract begin(socket: net.Socket): void;
  protected abstract go(socket: net.Socket): void;

  turn(): void {
    if (this.socket !== undefined) {
      this.go(this.socket);
      return;
    }
    const socket = net.connect({ host: '127.0.0.1', port: this.plan.port, noDelay: true });
    socket.on('error', () => {}); // it is closed then
    socket.on('close', () => {
      if (this.socket === socket) this.socket = undefined;
    });
    this.socket = socket;
    this.begin(socket);
  }

  close(): void {
    this.socket?.destroy();
  }

  protected head(length: number): string {
    const { path, key } = this.plan;
    const lines = [
      `POST ${path} HTTP/1.1`,
      'host: x',
      `authorization: Bearer ${key}`,
      `content-length: ${length}`,
    ];
    return `${lines.join('\r\n')}\r\n\r\n`;
  }
}

class SlowSender extends SlowSocket {
  get isAtIt(): boolean {
    return this.socket !== undefined;
  }

  protected begin(socket: net.Socket): void {
    socket.write(this.head(BODY_BYTES));
    socket.once('data', (chunk) => this.tally(`slow sender: ${statusOf(chunk)}`));
  }

  protected go(socket: net.Socket): void {
    if (socket.writable) socket.write('{');
  }
}

class SlowReader extends SlowSocket {
  #left: number | undefined;

  get isAtIt(): boolean {
    return this.socket !== undefined && this.#left !== undefined;
  }

  protected begin(socket: net.Socket): void {
    this.#left = undefined;
    socket.on('readable', () => {}); // nothing is read but what is asked for
    socket.on('close', () => {
      if (this.#left !== undefined) this.tally('slow reader: cut off');
      this.#left = undefined;
    });
    socket.write(`${this.head(2)}{}`);
  }

  protected go(socket: net.Socket): void {
    const chunk = (socket.read(Math.min(READ_BYTES, socket.readableLength)) ?? undefined) as
      | Buffer
      | undefined;
    if (chunk === undefined) return;
    if (this.#left === undefined) this.#left = this.#beginAnswer(socket, chunk);
    else this.#left -= chunk.length;
    if (this.#left === undefined || this.#left > 0) return;
    this.#left = undefined;
    socket.write(`${this.head(2)}{}`);
  }

  /** @returns what is left of the answer; undefined for one that is of no use here */
  #beginAnswer(socket: net.Socket, chunk: Buffer): number | undefined {
    const status = statusOf(chunk);
    this.tally(`slow reader: ${status}`);
    const text = chunk.toString('latin1');
    const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1];
    if (status === '200' && length !== undefined)
      return Number(length) + text.indexOf('\r\n\r\n') + 4 - chunk.length;
    socket.destroy();
    return undefined;
  }
}

function statusOf(answer: Buffer): string {
  return answer.toString('latin1', 9, 12);
}

setPriority(10);
let sockets: readonly SlowSocket[] = [];
let outcomes: Record<string, number> = {};
let timer: NodeJS.Timeout | undefined;

function look(): Extract<FromSlowSockets, { kind: 'seen' }> {
  const count = (kind: typeof SlowSender | typeof SlowReader) =>
    sockets.filter((socket) => socket instanceof kind && socket.isAtIt).length;
  return { kind: 'seen', sending: count(SlowSender), reading: count(SlowReader) };
}

const tell = serveParent<ToSlowSockets, FromSlowSockets>({
  begin: ({ plan }) => {
    outcomes = {};
    const tally = (outcome: string) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    };
    const all: SlowSocket[] = Array.from({ length: plan.readers }, () => new SlowReader(plan, tally));
    for (let index = 0; index < plan.senders; index += 1) all.push(new SlowSender(plan, tally));
    all.sort(() => Math.random() - 0.5);
    sockets = all;
    let tick = 0;
    timer = setInterval(() => {
      const opened = Math.ceil(((tick + 1) / TICKS) * OPENED_IN_A_TURN);
      const own = sockets.filter((_socket, index) => index < opened && index % TICKS === tick % TICKS);
      for (const socket of own) socket.turn();
      tick += 1;
    }, TICK);
    tell(look());
  },
  look: () => {
    tell(look());
  },
  end: () => {
    clearInterval(timer);
    for (const socket of sockets) socket.close();
    sockets = [];
    tell({ kind: 'ended', outcomes });
  },
});
tell({ kind: 'ready', port: 0 });
