import {
  App,
  type HttpRequest,
  type HttpResponse,
  type us_listen_socket,
  us_listen_socket_close,
} from 'uWebSockets.js';
import { ERRORS, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import { credentialOf } from '../render/credential.js';
import type { Outcome, Renderer } from '../render/renderer.js';
import { BODY_TOO_LARGE, type RequestBody, readRequestBody } from '../render/request-body.js';
import type { Readiness } from '../threads/messages.js';
import { sendJson, sendRefusal, sendStatus } from './answer.js';
import { receiveBody } from './body.js';

export interface ServerOptions {
  readonly renderer: Renderer;
  readonly readiness: () => Readiness;
}

/** One thread's HTTP server. */
export class Server {
  readonly #options: ServerOptions;
  readonly #app = App();
  #listening: us_listen_socket | undefined;
  #connections = 0;
  #openRequests = 0;
  /** Answers close their connections: the server is going. */
  #closing = false;
  #closed = false;

  constructor(options: ServerOptions) {
    this.#options = options;
    const render = (response: HttpResponse, request: HttpRequest) => this.#render(response, request);
    this.#app
      .post('/v1/prompts/:slug/render', render)
      .post('/v1/prompts/:slug/versions/:version/render', render)
      .get('/v1/health', (response) => sendJson(response, '{"status":"OK"}', this.#closing))
      .get('/v1/health/ready', (response) => this.#answerReadiness(response))
      .any('/*', (response) => sendRefusal(response, refusal.notFound, this.#closing));
    const onConnection = (_response: HttpResponse, change: number) => {
      this.#connections += change;
    };
    this.#app.filter(onConnection);
  }

  /** @returns whether the port could be had */
  listen(host: string, port: number): boolean {
    this.#app.listen(host, port, (socket) => {
      if (socket !== false) this.#listening = socket;
    });
    return this.#listening !== undefined;
  }

  /**
   * Takes no more connections, answers what is open, and ends: when nobody is connected any more, or
   * the connections that are left have been idle, or the time for draining is over.
   */
  async drain(): Promise<void> {
    this.#closing = true;
    if (this.#listening !== undefined) us_listen_socket_close(this.#listening);
    this.#listening = undefined;
    const started = performance.now();
    for (;;) {
      const waited = performance.now() - started;
      if (this.#connections === 0 || waited > LIMITS.drain) break;
      if (this.#openRequests === 0 && waited > LIMITS.idleGrace) break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    this.close();
  }

  /** Cuts off whatever is open. */
  close(): void {
    if (!this.#closed) this.#app.close();
    this.#closed = true;
  }

  #render(response: HttpResponse, request: HttpRequest): void {
    const credential = credentialOf(request.getHeader('authorization'), request.getHeader('x-api-key'));
    if (this.#options.renderer.isJunk(credential)) {
      sendRefusal(response, refusal.unauthorized, this.#closing);
      return;
    }
    const path = request.getUrl();
    const query = request.getQuery();
    let aborted = false;
    this.#openRequests += 1;
    response.onAborted(() => {
      aborted = true;
      this.#openRequests -= 1;
    });

    const answer = (outcome: Outcome) => {
      this.#openRequests -= 1;
      if (typeof outcome === 'string') sendJson(response, outcome, this.#closing);
      else sendRefusal(response, outcome, this.#closing);
    };
    const finish = (body: RequestBody) => {
      const outcome = this.#options.renderer.render({ credential, path, query, body }, (late) => {
        if (!aborted) response.cork(() => answer(late));
      });
      if (outcome !== undefined) answer(outcome);
    };
    receiveBody(response, LIMITS, {
      complete: (bytes) => finish(readRequestBody(bytes)),
      tooLarge: () => finish(BODY_TOO_LARGE),
      endless: () => {
        this.#openRequests -= 1;
        sendRefusal(response, refusal.bodyTooLarge, true);
      },
    });
  }

  #answerReadiness(response: HttpResponse): void {
    const { ready, dependencies } = this.#options.readiness();
    const up = ready && !this.#closing;
    const answer = up ? { status: 'OK' } : { error: ERRORS.unavailable.words, status: 'unavailable' };
    sendStatus(response, up ? 200 : 503, JSON.stringify({ ...answer, dependencies }), this.#closing);
  }
}
