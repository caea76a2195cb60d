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

interface Connection {
  readonly socket: net.Socket;
  /** When the requests that are not answered yet were due; the first `answered` of them are. */
  readonly due: number[];
  answered: number;
}

async function runLoad(load: OpenLoad): Promise<OpenLoadResult> {
  const latencies = new Histogram();
  const lateness = new Histogram();
  let refused = 0;
  const connect = async (): Promise<Connection> => {
    const { hostname, port } = new URL(load.url);
    const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    const connection: Connection = { socket, due: [], answered: 0 };
    let now = 0;
    const reader = new ResponseReader((succeeded) => {
      const due = connection.due[connection.answered];
      if (due === undefined) throw new Error('there are more answers than requests');
      connection.answered += 1;
      if (succeeded) latencies.add(now - due);
      else refused += 1;
    });
    socket.on('data', (chunk) => {
      now = performance.now();
      reader.read(chunk);
    });
    socket.on('error', () => {}); // what it leaves unanswered is counted
    return connection;
  };
  const connections = await Promise.all(Array.from({ length: load.connections }, connect));

  const total = Math.max(1, Math.floor(load.requestsPerSecond * load.seconds));
  const interval = 1000 / load.requestsPerSecond;
  const batches = batchesOf(requestBytes(load));
  const start = performance.now();
  let sent = 0;
  while (sent < total) {
    const now = performance.now();
    const isDue = Math.min(total, Math.floor((now - start) / interval) + 1);
    // The n-th request belongs to the n-th connection, so many are due on each: one write for all of them.
    for (let index = 0; index < connections.length && sent < isDue; index += 1) {
      const connection = connections[(sent + index) % connections.length];
      if (connection === undefined) break;
      let count = 0;
      for (let request = sent + index; request < isDue; request += connections.length) {
        const due = start + request * interval;
        connection.due.push(due);
        lateness.add(now - due);
        count += 1;
      }
      if (count > 0) connection.socket.write(batches(count));
    }
    sent = isDue;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const isAnswered = () => connections.every(({ due, answered }) => answered === due.length);
  for (const deadline = performance.now() + GRACE; !isAnswered() && performance.now() < deadline; )
    await sleep(5);
  for (const { socket } of connections) socket.destroy();
  const end = performance.now();
  const answered = latencies.total;
  const open = connections.flatMap(({ due, answered }) => due.slice(answered));
  for (const due of open) latencies.add(end - due);
  return {
    due: total,
    answered,
    refused,
    unanswered: open.length,
    latencies: read(latencies),
    lateness: read(lateness),
  };
}

function requestBytes({ url, key, body }: HttpRequest): Buffer {
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

/** @returns what makes so many requests in a row, and remembers them */
function batchesOf(request: Buffer): (count: number) => Buffer {
  const made: Buffer[] = [];
  return (count) => {
    const known = made[count];
    if (known !== undefined) return known;
    const batch = Buffer.concat(Array.from({ length: count }, () => request));
    if (count < 1_000) made[count] = batch;
    return batch;
  };
}

function read(histogram: Histogram): Latencies {
  return { p50: histogram.quantile(0.5), p99: histogram.quantile(0.99), max: histogram.max };
}

const tell = serveParent<ToOpenLoop, FromOpenLoop>({
  load: async ({ load }) => {
    tell({ kind: 'result', result: await runLoad(load) });
  },
});
tell({ kind: 'ready', port: 0 });
