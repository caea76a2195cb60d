import type { Clock } from '@px0/contract';
import { LIMITS } from '../limits.js';

/**
 * Where long answers take turns, piece by piece: to hand one of a few mebibytes to the system takes milliseconds, in
 * which the thread could answer many. In a turn of the thread one slice of time goes to all of them together.
 */
export class LongAnswers {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #afterTurn: (work: () => void) => void;
  #waiting: (() => void)[] = [];

  /** @param afterTurn runs something when others have had their turn */
  constructor(clock: Pick<Clock, 'now'>, afterTurn: (work: () => void) => void) {
    this.#clock = clock;
    this.#afterTurn = afterTurn;
  }

  /** @param sendPiece called in a turn to come; must not throw */
  add(sendPiece: () => void): void {
    this.#waiting.push(sendPiece);
    if (this.#waiting.length === 1) this.#afterTurn(() => this.#slice());
  }

  #slice(): void {
    const end = this.#clock.now() + LIMITS.answerSlice;
    const waiting = this.#waiting;
    let sent = 0;
    while (sent < waiting.length && (sent === 0 || this.#clock.now() < end)) waiting[sent++]?.();
    this.#waiting = waiting.slice(sent);
    if (this.#waiting.length > 0) this.#afterTurn(() => this.#slice());
  }
}
