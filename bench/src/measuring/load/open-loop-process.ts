import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveParent } from '../child.js';
import { Histogram } from './histogram.js';
import type { HttpRequest, Latencies } from './load.js';
import type { FromOpenLoop, OpenLoad, OpenLoadResult, ToOpenLoop } from './open-loop.js';
import { ResponseReader } from './response-reader.js';

/** Time for the answers to the last requests, in milliseconds. */
const GRACE = 2_000;

/** By how much a timer may be late, in milliseconds. */
const COARSE = 2;

/** One request at a time. */
interface Connection {
  readonly socket: net.Socket;
  /** When the request that is under way was due; undefined: none is. */
  due: number | undefined;
  /** Since when none was. */
  freeSince: number;
}

/** One run of the load. */
class Run {
  readonly #load: OpenLoad;
  readonly #requests: readonly Buffer[];
  readonly #total: number;
  /** Milliseconds between two requests. */
  readonly #interval: number;
  readonly #latencies = new Histogram();
  readonly #lateness = new Histogram();
  readonly #connections: Connection[] = [];
  #free: Connection[] = [];
  #start = 0;
  #sent = 0;
  #refused = 0;

  constructor(load: OpenLoad) {
    this.#load = load;
    this.#requests = load.bodies.map((body) => requestBytes(load, body));
    this.#total = Math.max(1, Math.floor(load.requestsPerSecond * load.seconds));
    this.#interval = 1000 / load.requestsPerSecond;
  }

  async run(): Promise<OpenLoadResult> {
    const { connections } = this.#load;
    await Promise.all(Array.from({ length: connections }, () => this.#connect()));
    this.#start = performance.now();
    // Turn after turn without a pause where the next is due soon: timers are too coarse for that.
    for (let now = this.#start; now < this.#end && this.#sent < this.#total; now = performance.now()) {
      while (this.#isDue(now)) {
        // In turn: a server may close a connection that is idle for long.
        const connection = this.#free.shift();
        if (connection === undefined) break;
        this.#send(connection, now);
      }
      const rest = this.#start + this.#sent * this.#interval - performance.now();
      if (rest > COARSE && this.#sent < this.#total) await sleep(rest - COARSE);
      else await new Promise((resolve) => setImmediate(resolve));
    }
    const isBusy = () => this.#connections.some(({ due }) => due !== undefined);
    while (isBusy() && performance.now() < this.#end) await sleep(5);
    return this.#finish();
  }

  /** Nothing is waited for after this. */
  get #end(): number {
    return this.#start + this.#load.seconds * 1000 + GRACE;
  }

  async #connect(): Promise<void> {
    const { hostname, port } = new URL(this.#load.url);
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    const connection: Connection = { socket, due: undefined, freeSince: 0 };
    let now = 0;
    const reader = new ResponseReader((succeeded) => {
      const { due } = connection;
      if (due === undefined) throw new Error('there are more answers than requests');
      connection.due = undefined;
      connection.freeSince = now;
      if (succeeded) this.#latencies.add(now - due);
      else this.#refused += 1;
      if (this.#isDue(now)) this.#send(connection, now);
      else this.#free.push(connection);
    });
    socket.on('data', (chunk) => {
      now = performance.now();
      reader.read(chunk);
    });
    socket.on('error', () => {}); // it is closed then
    socket.on('close', () => {
      if (connection.due !== undefined) this.#refused += 1;
      connection.due = undefined;
      this.#free = this.#free.filter((free) => free !== connection);
    });
    this.#connections.push(connection);
    this.#free.push(connection);
  }

  #isDue(now: number): boolean {
    return this.#sent < this.#total && this.#start + this.#sent * this.#interval <= now;
  }

  #send(connection: Connection, now: number): void {
    const due = this.#start + this.#sent * this.#interval;
    const request = this.#requests[this.#sent % this.#requests.length];
    if (request === undefined) throw new Error('a load has at least one body');
    this.#sent += 1;
    connection.due = due;
    this.#lateness.add(now - Math.max(due, connection.freeSince));
    connection.socket.write(request);
  }

  #finish(): OpenLoadResult {
    const now = performance.now();
    const answered = this.#latencies.total;
    const refused = this.#refused;
    const unanswered = this.#connections.flatMap(({ due }) => due ?? []);
    for (let index = this.#sent; index < this.#total; index += 1)
      unanswered.push(this.#start + index * this.#interval);
    for (const due of unanswered) this.#latencies.add(now - due);
    for (const { socket } of this.#connections) socket.destroy();
    return {
      due: this.#total,
      answered,
      refused,
      unanswered: unanswered.length,
      latencies: read(this.#latencies),
      lateness: read(this.#lateness),
    };
  }
}

function requestBytes({ url, key }: HttpRequest, body: string): Buffer {
  const { host, pathname, search } = new URL(url);
  const head = [
    `POST ${pathname}${search} HTTP/1.1`,
    `host: ${host}`,
    `authorization: Bearer ${key}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function read(histogram: Histogram): Latencies {
  return { p50: histogram.quantile(0.5), p99: histogram.quantile(0.99), max: histogram.max };
}

const tell = serveParent<ToOpenLoop, FromOpenLoop>({
  load: async ({ load }) => {
    tell({ kind: 'result', result: await new Run(load).run() });
  },
});
tell({ kind: 'ready', port: 0 });
