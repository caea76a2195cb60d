import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import {
  createApiKey,
  type Document,
  decodeDocument,
  documentKey,
  encodeDocument,
  hashApiKey,
  type KeyDocument,
  keyOfDocument,
  steadyClock,
  systemClock,
} from '@px0/contract';
import { compile } from '@px0/template-engine';
import { findFreePort } from '@px0/test-bed';
import { pino } from 'pino';
import { DocumentCache } from '#documents/document-cache.js';
import { LookUpDesk } from '#documents/look-up-desk.js';
import { Server, type ServerOptions } from '#http/server.js';
import { type Counters, createCounters } from '#metrics/counters.js';
import { PoolDesk } from '#pool/pool-desk.js';
import { RenderPool } from '#pool/render-pool.js';
import { heapOfVersion, holdVersion } from '#render/loaded-version.js';
import { Renderer } from '#render/renderer.js';
import { Staleness } from '#staleness/staleness.js';

const MIB = 1024 * 1024;

/** A server in this very thread, that its load can be looked at; it holds the documents of one organization. */
export interface Served {
  readonly server: Server;
  readonly port: number;
  readonly key: string;
  readonly counters: Counters;
  /** Unexpected failures that were to be logged. */
  readonly failures: { readonly requestId: string; readonly error: unknown }[];
  /** The head of a render of a prompt of that slug, with further header lines. */
  head(slug: string, ...lines: string[]): string;
  /** Resolves once nothing is held for anybody any more. */
  atRest(): Promise<void>;
  /** Has whatever is asked for from now on fail unexpectedly. */
  breakDown(): void;
  close(): Promise<void>;
}

/** @param templates of prompts, by slug; null: no version is live; two: of two teams' prompts of that slug */
export async function serve(
  templates: Readonly<Record<string, string | null | readonly [string, string]>>,
  options: Partial<ServerOptions> = {},
): Promise<Served> {
  const org_id = randomUUID();
  const key = createApiKey();
  const documents = new Map<string, string>();
  documents.set(
    documentKey.key(hashApiKey(key)),
    encodeDocument({ kind: 'key', id: randomUUID(), org_id, team_ids: null, operation: 'read_render' }),
  );
  for (const [slug, template] of Object.entries(templates)) {
    const all = typeof template === 'object' && template !== null ? template : [template];
    for (const document of prompts(org_id, slug, all)) {
      documents.set(keyOfDocument(document), encodeDocument(document));
    }
  }
  let isBroken = false;
  const find = (name: string) => ({ key: name, revision: 1, body: documents.get(name) ?? null });

  const counters = createCounters();
  const failures: Served['failures'] = [];
  const pool = new RenderPool({
    threads: 1,
    queue: 1_000,
    memory: 256 * MIB,
    timeout: 10_000,
    find: (name) => Promise.resolve(find(name)),
    onUnreadable: () => {},
    counters,
    clock: steadyClock,
    log: pino({ level: 'silent' }),
  });
  const cache = { maxBytes: 256 * MIB, onUnreadable: () => {}, clock: steadyClock };
  const desk = new LookUpDesk({
    ask: (names) => {
      setImmediate(() => {
        for (const name of names) renderer.answer(name, find(name));
      });
    },
    afterTurn: setImmediate,
    standStill: () => {
      if (isBroken) throw new Error('broken down');
    },
    clock: steadyClock,
  });
  const poolDesk = new PoolDesk({
    places: 1_000,
    send: (id, order) => void pool.render(order).then((outcome) => poolDesk.settle(id, outcome)),
  });
  const renderer: Renderer = new Renderer({
    documents: new DocumentCache<Document>({ ...cache, sizeOf: (body) => body.length, read: decodeDocument }),
    versions: new DocumentCache({ ...cache, sizeOf: heapOfVersion, read: holdVersion }),
    desk,
    pool: poolDesk,
    clock: steadyClock,
    onCrowdedOut: () => {},
    onUnexpected: (cause) => ({ code: 'internal', cause }),
  });
  const server = new Server({
    maxBodyBytes: MIB,
    requestTimeout: 10_000,
    inFlightBytes: 64 * MIB,
    idleGrace: 500,
    renderer,
    counters,
    readiness: () => ({ ready: true, dependencies: { feed: 'OK' } }),
    staleness: new Staleness(60, systemClock),
    corsOrigins: [],
    clock: steadyClock,
    onRequest: () => {},
    onFailure: (requestId, error) => failures.push({ requestId, error }),
    ...options,
  });
  const port = await findFreePort();
  if (!server.listen('127.0.0.1', port)) throw new Error('the port is taken');

  return {
    server,
    port,
    key,
    counters,
    failures,
    head: (slug, ...lines) =>
      [
        `POST /v1/prompts/${slug}/render HTTP/1.1`,
        'Host: gateway',
        `Authorization: Bearer ${key}`,
        ...lines,
        '\r\n',
      ].join('\r\n'),
    atRest: async () => {
      const end = Date.now() + 15_000;
      while (JSON.stringify(server.load) !== '{"open":0,"bytes":0,"deadlines":0}') {
        if (Date.now() > end) throw new Error(`not at rest: ${JSON.stringify(server.load)}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    breakDown: () => {
      isBroken = true;
    },
    close: async () => {
      server.close();
      await pool.close();
    },
  };
}

function prompts(
  org_id: string,
  slug: string,
  templates: readonly (string | null)[],
): Exclude<Document, KeyDocument>[] {
  const entries = templates.map((template) => ({ template, team_id: randomUUID(), prompt_id: randomUUID() }));
  return [
    {
      kind: 'slug',
      org_id,
      slug,
      prompts: entries.map(({ team_id, prompt_id }) => ({ team_id, prompt_id })),
    },
    ...entries.flatMap(({ template, team_id, prompt_id }): Exclude<Document, KeyDocument>[] => [
      {
        kind: 'prompt',
        id: prompt_id,
        org_id,
        team_id,
        slug,
        live: template === null ? null : 1,
        tags: {},
      },
      {
        kind: 'version',
        prompt_id,
        version: 1,
        program: compile(template ?? '', { name: slug }),
        missing: 'error',
        model: null,
        model_params: null,
      },
    ]),
  ];
}

/** A body with one variable, `text`. */
export const bodyOf = (text: string) => Buffer.from(JSON.stringify({ variables: { text } }));

/** A whole request of a length that it tells. */
export function requestOf(served: Served, slug: string, body: Uint8Array, ...lines: string[]): Buffer {
  return Buffer.concat([Buffer.from(served.head(slug, ...lines, `Content-Length: ${body.length}`)), body]);
}

export const chunkOf = (bytes: Uint8Array) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

/** The same request, chunked. */
export function chunkedRequestOf(served: Served, slug: string, body: Uint8Array, size = 4): Buffer {
  const chunks: Buffer[] = [];
  for (let start = 0; start < body.length; start += size)
    chunks.push(chunkOf(body.subarray(start, start + size)));
  return Buffer.concat([
    Buffer.from(served.head(slug, 'Transfer-Encoding: chunked')),
    ...chunks,
    Buffer.from('0\r\n\r\n'),
  ]);
}

/** A client that has sent something and reads nothing. */
export async function unread(port: number, bytes: Uint8Array): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {}); // cut off, as it should be
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.pause();
  await new Promise((resolve) => socket.write(bytes, resolve));
  return socket;
}
