import { once } from 'node:events';
import net from 'node:net';
import { setPriority } from 'node:os';
import { createApiKey } from '@px0/contract';
import { serveParent } from '../measuring/child.js';
import { ResponseReader } from '../measuring/load/response-reader.js';
import type { FloodPlan, FloodResult, FromFlood, ToFlood } from './flood.js';

/** Sends requests with unknown keys at a constant rate, as far as connections are free. */
class Flood {
  readonly #plan: FloodPlan;
  readonly #keys: string[] = [];
  readonly #sockets = new Set<net.Socket>();
  #isOver = false;
  #free: net.Socket[] = [];
  #wellFormed = 0;
  #sent = 0;
  #sentWellFormed = 0;
  readonly #answers: Record<string, number> = {};

  constructor(plan: FloodPlan) {
    this.#plan = plan;
    const count = plan.requestsPerSecond * plan.seconds;
    for (let index = 0; index < count; index += 1) {
      const key = createApiKey();
      const isWellFormed = this.#wellFormed < (index + 1) * plan.wellFormed;
      if (isWellFormed) this.#wellFormed += 1;
      this.#keys.push(isWellFormed ? key : key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A'));
    }
  }

  async connect(): Promise<void> {
    await Promise.all(Array.from({ length: this.#plan.connections }, () => this.#open()));
  }

  async run(): Promise<FloodResult> {
    const { requestsPerSecond, seconds } = this.#plan;
    const begun = performance.now();
    const end = begun + seconds * 1000;
    for (let now = begun; now < end; now = performance.now()) {
      const due = ((now - begun) / 1000) * requestsPerSecond;
      while (this.#sent < due && this.#sent < this.#keys.length) {
        const socket = this.#free.pop();
        if (socket === undefined) break;
        this.#send(socket);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const answers = { ...this.#answers };
    this.#isOver = true;
    for (const socket of this.#sockets) socket.destroy();
    return {
      sent: this.#sent,
      wellFormed: this.#sentWellFormed,
      seconds: (performance.now() - begun) / 1000,
      answers,
    };
  }

  #send(socket: net.Socket): void {
    const { wellFormed } = this.#plan;
    if (Math.ceil((this.#sent + 1) * wellFormed) > this.#sentWellFormed) this.#sentWellFormed += 1;
    const key = this.#keys[this.#sent];
    this.#sent += 1;
    socket.write(
      `POST /v1/prompts/unknown/render HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 2\r\n\r\n{}`,
      'latin1',
    );
  }

  async #open(): Promise<void> {
    const socket = net.connect({ host: '127.0.0.1', port: this.#plan.port, noDelay: true });
    await once(socket, 'connect');
    socket.on('error', () => {}); // it is closed then
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#free = this.#free.filter((free) => free !== socket);
      if (this.#isOver) return;
      this.#count('closed');
      this.#open().catch(() => this.#count('cannot connect'));
    });
    const reader = new ResponseReader((_succeeded, status) => {
      this.#count(status);
      this.#free.push(socket);
    });
    socket.on('data', (chunk) => reader.read(chunk));
    this.#sockets.add(socket);
    this.#free.push(socket);
  }

  #count(answer: string): void {
    this.#answers[answer] = (this.#answers[answer] ?? 0) + 1;
  }
}

setPriority(5); // the load that is measured goes first
let flood: Flood | undefined;
const tell = serveParent<ToFlood, FromFlood>({
  prepare: async ({ plan }) => {
    flood = new Flood(plan);
    await flood.connect();
    tell({ kind: 'prepared' });
  },
  run: async () => {
    if (flood === undefined) throw new Error('nothing is prepared');
    tell({ kind: 'result', result: await flood.run() });
  },
});
tell({ kind: 'ready', port: 0 });
