import { App, type HttpRequest, type HttpResponse, type us_listen_socket } from 'uWebSockets.js';
import type { Clock } from '@px0/contract';
import { answerBatch } from '../batch/answer-batch.js';
import { BatchDesk } from '../batch/batch-desk.js';
import { ERRORS, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { Counters } from '../metrics/counters.js';
import { isBearer } from '../render/credential.js';
import { PendingBody } from '../render/pending-body.js';
import type { Outcome, Renderer, WantedRender } from '../render/renderer.js';
import type { Staleness } from '../staleness/staleness.js';
import { Cors } from './cors.js';
import { Deadlines } from './deadlines.js';
import type { Exchange, ExchangeHost } from './exchange.js';
import { LongAnswers } from './long-answers.js';
import { MemoryInFlight } from './memory-in-flight.js';
import { PreparedHead } from './prepared-head.js';
import type { Readiness } from './readiness.js';
import { RequestIds } from './request-ids.js';
import { addRoutes, type Route } from './routes.js';
import { stopListening } from './stop-listening.js';

export interface ServerBounds {
  /** The longest body that is taken, in bytes. */
  readonly maxBodyBytes: number;
  /** Within which a body must have arrived, and an answer must have been taken. Milliseconds. */
  readonly requestTimeout: number;
  /** What may be held for slow clients, in bytes. */
  readonly inFlightBytes: number;
  /** For which idle connections are kept when the server drains, in milliseconds. */
  readonly idleGrace: number;
}

export interface ServerOptions extends ServerBounds {
  readonly renderer: Renderer;
  readonly counters: Counters;
  readonly readiness: () => Readiness;
  readonly staleness: Staleness;
  /** Origins whose pages may call from a browser. */
  readonly corsOrigins: readonly string[];
  /** For durations. */
  readonly clock: Clock;
  /** Called at each request, before anything else: must take next to no time. */
  readonly onRequest: () => void;
  /** Logs an unexpected failure under the id of its request. */
  readonly onFailure: (requestId: string, error: unknown) => void;
}

/** One thread's HTTP server. */
export class Server {
  readonly #options: ServerOptions;
  readonly #app = App();
  readonly #host: ExchangeHost;
  readonly #batches: BatchDesk;
  #listening: us_listen_socket | undefined;
  #connections = 0;
  #drained: Promise<void> | undefined;
  #closed = false;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#batches = new BatchDesk({ clock: options.clock, afterTurn: setImmediate });
    const ids = new RequestIds();
    const deadlines = new Deadlines(options.requestTimeout, options.clock);
    this.#host = {
      ids,
      head: new PreparedHead(ids),
      cors: new Cors(options.corsOrigins),
      // Who has been slow for long makes room for who comes.
      memory: new MemoryInFlight(options.inFlightBytes, () => deadlines.endOldest(LIMITS.slowHolder)),
      deadlines,
      longAnswers: new LongAnswers(options.clock, setImmediate),
      counters: options.counters,
      maxBodyBytes: options.maxBodyBytes,
      closing: false,
      open: 0,
      smallAnswers: 0,
      onFailure: options.onFailure,
    };
    const render = (exchange: Exchange, request: HttpRequest) => this.#render(exchange, request);
    const routes: readonly Route[] = [
      { method: 'post', pattern: '/v1/prompts/:slug/render', handle: render },
      { method: 'post', pattern: '/v1/prompts/:slug/versions/:version/render', handle: render },
      {
        method: 'post',
        pattern: '/v1/renders',
        handle: (exchange, request) => this.#renderMany(exchange, request),
      },
      { method: 'get', pattern: '/v1/health', handle: (exchange) => exchange.answer('{"status":"OK"}') },
      { method: 'get', pattern: '/v1/health/ready', handle: (exchange) => this.#answerReadiness(exchange) },
    ];
    addRoutes(this.#app, this.#host, routes, options.onRequest);
    const onConnection = (_response: HttpResponse, change: number) => {
      this.#connections += change;
    };
    this.#app.filter(onConnection);
  }

  /** What is held for clients now: requests on their way, bytes, deadlines. */
  get load(): { readonly open: number; readonly bytes: number; readonly deadlines: number } {
    const { open, memory, deadlines } = this.#host;
    return { open, bytes: memory.held, deadlines: deadlines.pending };
  }

  /** @returns whether the port could be had; one that drains already needs none */
  listen(host: string, port: number): boolean {
    if (this.#drained !== undefined) return true;
    this.#app.listen(host, port, (socket) => {
      if (socket !== false) this.#listening = socket;
    });
    return this.#listening !== undefined;
  }

  /**
   * Takes no more connections, answers what is open, and ends: when nobody is connected any more, or
   * the connections that are left have been idle, or the time for draining is over. A connection that
   * is in use is closed with its next answer. One that is closed while idle may lose a request that is
   * on its way in that very moment: so that comes late, when those that are left speak rarely.
   */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    const { clock, idleGrace } = this.#options;
    const started = clock.now();
    if (this.#listening !== undefined) await stopListening(this.#listening);
    this.#listening = undefined;
    // Not before: a client that is told to connect anew would get back to this port.
    this.#host.closing = true;
    for (;;) {
      const waited = clock.now() - started;
      if (this.#connections === 0 || waited > LIMITS.drain) break;
      if (this.#host.open === 0 && waited > idleGrace) break;
      await new Promise<void>((resolve) => clock.setTimeout(resolve, LIMITS.drainLook));
    }
    this.close();
  }

  /** Cuts off whatever is open. */
  close(): void {
    if (!this.#closed) this.#app.close();
    this.#closed = true;
    this.#host.deadlines.stop();
  }

  /**
   * Refuses at once what is not worth reading.
   * @param isKnown the credential opened something before, and nothing has changed since
   */
  #admits(exchange: Exchange, credential: string, isKnown: boolean): boolean {
    const { renderer, staleness } = this.#options;
    exchange.tellStaleness(staleness);
    const isJunk = !isKnown && renderer.isJunk(credential);
    if (isJunk) exchange.refuse(refusal.unauthorized);
    else if (staleness.isStale && staleness.isTooOld()) exchange.refuse(refusal.unavailable);
    else return true;
    return false;
  }

  #render(exchange: Exchange, request: HttpRequest): void {
    const { renderer } = this.#options;
    const credential = credentialOf(request);
    const path = request.getUrl();
    const query = request.getQuery() ?? '';
    const way = renderer.wayOf(credential, path, query);
    if (!this.#admits(exchange, credential, way !== undefined)) return;
    exchange.receive((bytes) => {
      const held = way && renderer.renderHeld(way, bytes);
      if (held !== undefined) this.#answer(exchange, held, 'renderedInPlace');
      else this.#renderByAndBy(exchange, { credential, path, query }, bytes);
    });
  }

  #renderByAndBy(exchange: Exchange, wanted: WantedRender, bytes: Uint8Array | undefined): void {
    const body = new PendingBody(bytes, this.#host.memory);
    const answer = (outcome: Outcome) => {
      this.#answer(exchange, outcome, typeof outcome === 'string' ? 'renderedInPlace' : 'renderedInPool');
    };
    const outcome = this.#options.renderer.render({ ...wanted, body }, (late) => {
      exchange.late(() => answer(late));
    });
    if (outcome !== undefined) answer(outcome);
  }

  #answer(exchange: Exchange, outcome: Outcome, counter: 'renderedInPlace' | 'renderedInPool'): void {
    if (typeof outcome === 'object' && 'code' in outcome) exchange.refuse(outcome);
    else if (exchange.answer(outcome)) this.#options.counters[counter] += 1;
  }

  #renderMany(exchange: Exchange, request: HttpRequest): void {
    const credential = credentialOf(request);
    if (!this.#admits(exchange, credential, false)) return;
    const { renderer, counters } = this.#options;
    const { memory } = this.#host;
    const desk = this.#batches;
    exchange.receive((bytes) => {
      answerBatch({ exchange, credential, bytes, renderer, desk, memory, counters });
    });
  }

  #answerReadiness(exchange: Exchange): void {
    const { ready, dependencies } = this.#options.readiness();
    const { staleness } = this.#options;
    const up = ready && !this.#host.closing && !staleness.isTooOld();
    const answer = up ? { status: 'OK' } : { error: ERRORS.unavailable.words, status: 'unavailable' };
    const age = ready && staleness.isStale ? { stale_seconds: staleness.seconds() } : {};
    exchange.answerStatus(up ? 200 : 503, JSON.stringify({ ...answer, dependencies, ...age }));
  }
}

/** @returns the header that carries the API key */
function credentialOf(request: HttpRequest): string {
  const authorization = request.getHeader('authorization');
  return isBearer(authorization) ? authorization : request.getHeader('x-api-key');
}
