import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { FromPrimary, FromWorker } from './messages.js';

/** A worker thread's line to the primary. Messages are handled in their order, as they come or waited for. */
export class PrimaryLine {
  readonly #port: MessagePort;
  readonly #posted: Int32Array;
  #handler: (message: FromPrimary) => void = () => {};
  #handling = false;

  /** @param posted counts what the primary has posted to this thread; it notifies those who wait on it */
  constructor(port: MessagePort, posted: Int32Array) {
    this.#port = port;
    this.#posted = posted;
  }

  /** Hands over what has come, and from now on what comes. */
  open(handler: (message: FromPrimary) => void): void {
    this.#handler = handler;
    this.#receive();
    this.#port.on('message', (message: FromPrimary) => this.#handle(message));
  }

  /** @param handOver what this thread has no more after this */
  tell(message: FromWorker, handOver: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(message, handOver);
  }

  /**
   * @returns how to stand still until a message brings what is wanted, or the time is over; undefined
   *   while a message is being handled: those after it must wait until it is done
   */
  standStill(): ((done: () => boolean, milliseconds: number) => void) | undefined {
    return this.#handling ? undefined : (done, milliseconds) => this.#receiveUntil(done, milliseconds);
  }

  #receiveUntil(done: () => boolean, milliseconds: number): void {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      // Read before the messages are: what is posted after that changes it, and the wait ends at once.
      const posted = Atomics.load(this.#posted, 0);
      this.#receive();
      if (done()) return;
      const left = deadline - performance.now();
      if (left <= 0) return;
      Atomics.wait(this.#posted, 0, posted, left);
    }
  }

  #receive(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: FromPrimary } | undefined;
      if (received === undefined) return;
      try {
        this.#handle(received.message);
      } catch (error) {
        // Ends the thread, as it does where messages come by themselves, and not the request at hand.
        setImmediate(() => {
          throw error;
        });
      }
    }
  }

  #handle(message: FromPrimary): void {
    this.#handling = true;
    try {
      this.#handler(message);
    } finally {
      this.#handling = false;
    }
  }
}
