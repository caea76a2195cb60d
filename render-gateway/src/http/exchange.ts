import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import { type Refusal, refusal } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { Counters } from '../metrics/counters.js';
import { giveBack } from '../render/own-bytes.js';
import type { Staleness } from '../staleness/staleness.js';
import { answerOf, type RefusedAnswer, statusLine } from './answer.js';
import { Body } from './body.js';
import type { Cors } from './cors.js';
import type { Deadlines } from './deadlines.js';
import type { LongAnswers } from './long-answers.js';
import type { MemoryInFlight } from './memory-in-flight.js';
import type { PreparedHead } from './prepared-head.js';
import type { RequestIds } from './request-ids.js';

/** What the exchanges of a thread have in common. */
export interface ExchangeHost {
  readonly ids: RequestIds;
  readonly head: PreparedHead;
  readonly cors: Cors;
  readonly memory: MemoryInFlight;
  readonly deadlines: Deadlines;
  readonly longAnswers: LongAnswers;
  /** Where every refusal is counted. */
  readonly counters: Pick<Counters, 'refused'>;
  /** The longest body that is taken, in bytes. */
  readonly maxBodyBytes: number;
  /** Answers close their connections: the server is going. */
  closing: boolean;
  /** Requests whose bodies or answers are on their way. */
  open: number;
  /** Small answers so far. */
  smallAnswers: number;
  /** Logs an unexpected failure under the id of its request. */
  onFailure(requestId: string, error: unknown): void;
}

/**
 * A request and its answer. Of the methods that answer one may be called, once; later than in the call in
 * which the request or its body arrived only from within {@link Exchange.late}.
 */
export class Exchange {
  readonly #host: ExchangeHost;
  readonly #response: HttpResponse;
  /** See {@link RequestIds.of}. */
  readonly #id: string | number;
  /** Lines of CORS, see {@link Cors}. */
  readonly #corsLines: string;
  #staleness: Staleness | undefined;
  #isHead = false;
  #isOpen = false;
  /** The client is gone, or was cut off. */
  #isOver = false;
  #body: Body | undefined;
  #heldAnswer: Uint8Array<ArrayBuffer> | undefined;
  #onOverdue: (() => void) | undefined;

  constructor(host: ExchangeHost, response: HttpResponse, request: HttpRequest) {
    this.#host = host;
    this.#response = response;
    this.#id = host.ids.of(request.getHeader('x-request-id'));
    this.#corsLines = host.cors.isOn ? host.cors.linesFor(request.getHeader('origin')) : '';
  }

  get requestId(): string {
    return this.#host.ids.textOf(this.#id);
  }

  /** Whether it was answered, or the client is gone. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whatever is answered is to say how old that may be which it was made of. */
  tellStaleness(staleness: Staleness): void {
    this.#staleness = staleness;
  }

  /** The answer is to have no body, only its length. */
  expectHead(): void {
    this.#isHead = true;
  }

  /**
   * Has the request's body gathered. What does not arrive in time is answered 408, what there is no room
   * for 503.
   * @param take called with the whole body, whose bytes are valid during the call only; undefined: it was too
   *   long, and has been read to its end
   */
  receive(take: (bytes: Uint8Array | undefined) => void): void {
    this.#open();
    this.#response.onData((chunk, isLast) => {
      try {
        if (this.#body !== undefined) this.#body.add(chunk, isLast);
        else if (isLast && chunk.byteLength <= this.#host.maxBodyBytes) take(new Uint8Array(chunk));
        else this.#gather(take).add(chunk, isLast);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** For a body that does not come in one piece, as nearly all do. */
  #gather(take: (bytes: Uint8Array | undefined) => void): Body {
    this.#body = new Body(this.#host.maxBodyBytes, this.#host.memory, {
      complete: (bytes) => {
        this.#meetDeadline();
        take(bytes);
      },
      refused: (reason) => {
        this.#meetDeadline();
        if (reason.code === 'bodyTooLarge') take(undefined);
        else this.refuse(reason);
      },
      endless: (reason) => this.#refuseAndClose(reason),
      isSlow: () => this.#setDeadline(() => this.late(() => this.#refuseAndClose(refusal.requestTimeout))),
    });
    return this.#body;
  }

  /** Calls back with the connection ready to be written to, unless the client is gone. */
  late(answer: () => void): void {
    if (this.#isOver) return;
    this.#response.cork(() => {
      try {
        answer();
      } catch (error) {
        this.fail(error);
      }
    });
  }

  /** Answers what must not happen: an exception that got to uWebSockets.js would end the process. */
  fail(cause: unknown): void {
    if (this.#isOver) this.#host.onFailure(this.requestId, cause);
    else this.refuse({ code: 'internal', cause });
  }

  /**
   * Answers 200, or 503 where too much is held already for readers that are slow.
   * @param json its text, or the bytes of it: long ones are whoever's no more, see {@link giveBack}
   * @returns whether it was 200
   */
  answer(json: string | Uint8Array<ArrayBuffer>): boolean {
    const host = this.#host;
    const lines = this.#staleness?.lines ?? '';
    if (!this.#isHead) {
      // Of the small ones a few are sent the careful way too: a client that asks and asks, and reads
      // nothing, is found out before uWebSockets.js has gathered much for it.
      const isSmall = json.length <= LIMITS.smallAnswer;
      if (!isSmall || ++host.smallAnswers % LIMITS.smallAnswersPerCheck === 0) {
        if (this.#answerByAndBy(json, lines)) return true;
        if (!isSmall) {
          this.refuse(refusal.unavailable);
          return false;
        }
      }
    }
    this.#close();
    this.#end(json, lines, host.closing);
    return true;
  }

  /** Answers with a status of one's own, and a short text. */
  answerStatus(status: number, json: string): void {
    this.#answerShort(statusLine(status), json, '', this.#host.closing);
  }

  /** Answers 204. */
  answerEmpty(lines: string): void {
    this.#close();
    this.#response
      .writeStatus(statusLine(204))
      .writeHeader('x-request-id', this.requestId + this.#corsLines + lines + this.#closingLine)
      .endWithoutBody();
  }

  /**
   * Answers with what the error table says.
   * @param lines of the head, each begun by the end of the line before it
   */
  refuse(reason: Refusal, lines = ''): void {
    this.#refuse(reason, lines, this.#host.closing);
  }

  /** What the error table says of a refusal; an unexpected failure is logged under this request's id. */
  describe(reason: Refusal): RefusedAnswer {
    if (reason.code !== 'internal') return answerOf(reason);
    this.#host.onFailure(this.requestId, reason.cause);
    return answerOf({ code: 'internal', fields: { request_id: this.requestId } });
  }

  #refuse(reason: Refusal, lines: string, close: boolean): void {
    this.#host.counters.refused[reason.code] += 1;
    const { statusLine, lines: ownLines, body } = this.describe(reason);
    const age = this.#staleness?.lines ?? '';
    this.#answerShort(statusLine, JSON.stringify(body), ownLines + age + lines, close);
  }

  #refuseAndClose(reason: Refusal): void {
    this.#refuse(reason, '', true);
  }

  #answerShort(statusLine: string, json: string, lines: string, close: boolean): void {
    this.#close();
    this.#response.writeStatus(statusLine);
    this.#end(json, lines, close);
  }

  #end(json: string | Uint8Array, lines: string, close: boolean): void {
    if (this.#isHead) {
      this.#writeHead(`${lines}\r\ncontent-length: ${Buffer.byteLength(json)}${this.#closingLine}`);
      // Told a length, uWebSockets.js would wait for a body of that length, and end the process.
      this.#response.endWithoutBody();
    } else {
      this.#writeHead(lines);
      this.#response.end(json, close);
    }
  }

  /** For answers after which uWebSockets.js cannot be told to close the connection: the client does then. */
  get #closingLine(): string {
    return this.#host.closing ? '\r\nconnection: close' : '';
  }

  /** In one call, as each costs more than the bytes that it writes: `bench gateway` measures it. */
  #writeHead(lines: string): void {
    const id = this.#id;
    const { head } = this.#host;
    const more = this.#corsLines + lines;
    if (more === '' && typeof id === 'number') this.#response.writeHeader(head.name, head.valueFor(id));
    else this.#response.writeHeader(head.name, head.valueWith(this.requestId, more));
  }

  /**
   * Answers 200, and holds what the client does not take at once.
   * @returns false if there is no room for that; nothing was answered then
   */
  #answerByAndBy(json: string | Uint8Array<ArrayBuffer>, lines: string): boolean {
    const bytes = typeof json === 'string' ? Buffer.from(json) : json;
    if (!this.#host.memory.take(bytes.length)) return false;
    this.#heldAnswer = bytes;
    this.#open();
    this.#setDeadline(() => this.#response.close());
    this.#writeHead(lines + this.#closingLine);
    this.#response.onWritable((offset) => this.#sendPiece(bytes, offset));
    this.#sendPiece(bytes, 0);
    return true;
  }

  /** @returns false if the client has to take some first: uWebSockets.js tells when it has */
  #sendPiece(bytes: Uint8Array, offset: number): boolean {
    const end = offset + LIMITS.answerPiece;
    const [ok, isDone] = this.#response.tryEnd(bytes.subarray(offset, end), bytes.length);
    if (isDone) this.#close();
    else if (ok) this.#host.longAnswers.add(() => this.late(() => this.#sendPiece(bytes, end)));
    return ok;
  }

  /** Has us hear when the client goes. */
  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#host.open += 1;
    this.#response.onAborted(() => this.#close());
  }

  /** The answer is with uWebSockets.js, or the client is gone: gives back whatever was taken. */
  #close(): void {
    this.#isOver = true;
    if (this.#isOpen) this.#host.open -= 1;
    this.#isOpen = false;
    if (this.#body !== undefined) this.#body.letGo();
    if (this.#onOverdue !== undefined) this.#meetDeadline();
    if (this.#heldAnswer !== undefined) this.#letGoOf(this.#heldAnswer);
  }

  #letGoOf(answer: Uint8Array<ArrayBuffer>): void {
    this.#heldAnswer = undefined;
    this.#host.memory.give(answer.length);
    // A shorter one may be remembered for the next request: nothing is as long as this that is.
    if (answer.length > LIMITS.smallAnswer) giveBack(answer);
  }

  #setDeadline(onOver: () => void): void {
    this.#meetDeadline();
    this.#onOverdue = onOver;
    this.#host.deadlines.start(onOver);
  }

  #meetDeadline(): void {
    if (this.#onOverdue === undefined) return;
    this.#host.deadlines.letGo(this.#onOverdue);
    this.#onOverdue = undefined;
  }
}
