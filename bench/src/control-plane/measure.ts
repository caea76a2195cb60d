import http from 'node:http';
import { performance } from 'node:perf_hooks';
import {
  type LargeOrganization,
  type Read,
  readsOf,
  routeKey,
  type Server,
  seedLargeOrganization,
  startControlPlane,
  startPostgres,
} from '@px0/test-bed';
import { pinToCores } from '../measuring/cores.js';

/** Calls of each read that are not counted: connections, caches and the compiler get ready. */
const WARM_UP = 10;
/** Calls of each read that a 95th percentile can be told from. */
const FEWEST_CALLS = 100;
/** How often a read that is slow is timed in all: what else the machine does can only add. */
const TRIES = 3;

export interface ReadFigures {
  readonly what: string;
  /** Of the answer's body. */
  readonly bytes: number;
  /** Milliseconds from the request's first byte to the answer's last, of each call. */
  readonly times: readonly number[];
  /** How often it was timed. `times` are of the last time. */
  readonly tries: number;
}

export interface ControlPlaneFigures {
  readonly database: LargeOrganization['database'];
  readonly seedSeconds: number;
  /** Whether the control plane had one core and no more. */
  readonly isPinned: boolean;
  readonly reads: readonly ReadFigures[];
}

type CountedRead = Read & { readonly calls: number };

/**
 * Seeds a large organization behind a control plane in a process of its own, and reads it by every GET
 * route that is served, one request at a time.
 *
 * @param calls of each route, in as many ways as it is read in
 * @param isSlow of a read's times: whether it is timed again before it is believed
 * @throws {Error} if a route is served that nobody knows how to read, or an answer is not as expected
 */
export async function measureControlPlane(
  calls: number,
  isSlow: (times: readonly number[]) => boolean,
): Promise<ControlPlaneFigures> {
  const postgres = await startPostgres();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let server: Server | undefined;
  try {
    server = await startControlPlane({ databaseUrl: postgres.url }, { PX0_LIMITS: 'off', LOG_LEVEL: 'warn' });
    const { url } = server;
    const isPinned = await pinToCores(server.process.pid, [0]);
    const begun = performance.now();
    const organization = await seedLargeOrganization(postgres.url);
    const seedSeconds = (performance.now() - begun) / 1000;
    const reads: CountedRead[] = [];
    for (const variants of await readsOfRoutes(url, organization)) {
      const own = Math.max(Math.ceil(calls / variants.length), FEWEST_CALLS);
      for (const read of variants) reads.push({ ...(await atItsPage(agent, url, read)), calls: own });
    }
    await time(
      agent,
      url,
      reads.map((read) => ({ ...read, calls: WARM_UP })),
    );
    let figures = await time(agent, url, reads);
    for (let tries = 2; tries <= TRIES; tries += 1) {
      const slow = reads.filter((_, index) => isSlow(figures[index]?.times ?? []));
      const again = (await time(agent, url, slow)).map((own) => ({ ...own, tries }));
      figures = figures.map((own) => again.find(({ what }) => what === own.what) ?? own);
    }
    return { database: organization.database, seedSeconds, isPinned, reads: figures };
  } finally {
    agent.destroy();
    await server?.stop();
    await postgres.stop();
  }
}

/** @returns for each GET route the ways to read it */
async function readsOfRoutes(
  url: string,
  organization: LargeOrganization,
): Promise<readonly (readonly Read[])[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const served = Object.entries(document.paths)
    .filter(([, operations]) => 'get' in operations)
    .map(([path]) => routeKey(path));
  const known = readsOf(organization);
  const unknown = served.filter((route) => !known.has(route));
  if (unknown.length > 0) {
    throw new Error(`how are these read? Say so in large-organization-reads.ts: ${unknown.join(', ')}`);
  }
  return served.map((route) => known.get(route) ?? []);
}

/** @returns the read with the cursor of its last page, if that is what it is about */
async function atItsPage(agent: http.Agent, url: string, read: Read): Promise<Read> {
  if (!read.toLastPage) return read;
  let path = read.path;
  for (;;) {
    const body = await call(agent, url, { ...read, path });
    const { next_cursor: cursor } = JSON.parse(body.toString()) as { next_cursor: string | null };
    if (cursor === null) return { ...read, path };
    path = `${read.path}${read.path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
  }
}

/** The reads take turns, so that none has all of a bad moment. */
async function time(agent: http.Agent, url: string, reads: readonly CountedRead[]): Promise<ReadFigures[]> {
  const seen = reads.map((read) => ({ read, bytes: 0, times: [] as number[] }));
  const rounds = Math.max(0, ...reads.map(({ calls }) => calls));
  for (let round = 0; round < rounds; round += 1) {
    for (const own of seen.filter(({ read }) => read.calls > round)) {
      const begun = performance.now();
      const body = await call(agent, url, own.read);
      own.times.push(performance.now() - begun);
      own.bytes = body.length;
    }
  }
  return seen.map(({ read, bytes, times }) => ({ what: read.what, bytes, times, tries: 1 }));
}

/** @returns the answer's body, once the last byte of it is there */
function call(agent: http.Agent, url: string, { what, path, token, status = 200 }: Read): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const request = http.get(url + path, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        if (response.statusCode === status) return resolve(body);
        reject(new Error(`${what} answers ${response.statusCode} ${body.toString().slice(0, 500)}`));
      });
    });
    request.on('error', reject);
  });
}
